"""PyTorch on the CPU; rows as in `jax_peer`."""
import torch


def rows(threads):
    torch.set_num_threads(threads)
    from . import eager, learning, recurrence, training, variational

    return {name: row for module in (variational, training, learning, eager, recurrence) for name, row in module.ROWS.items()}
