"""A recurrence with gates: 50 steps, batch 64, 40 inputs, 128 units."""
import torch

from shared import uniform


def recurrence():
    units = 128
    single = lambda seed, *shape: torch.from_numpy(uniform(seed, *shape)).float()
    sequence, zero = single(3, 50, 64, 40), torch.zeros(1, 64, units)
    network = torch.nn.LSTM(40, units, bias=False)
    with torch.no_grad():
        network.weight_ih_l0.copy_(0.1 * single(1, 40, 4 * units).T)
        network.weight_hh_l0.copy_(0.1 * single(2, units, 4 * units).T)

    def run():
        with torch.inference_mode():
            return network(sequence, (zero, zero))[0][-1]

    return run, lambda: run().double().numpy().ravel()


ROWS = {"recurrence": recurrence}
