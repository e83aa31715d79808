"""NumPy; rows as in `jax_peer`."""


def rows(threads):
    from . import eager, filters, matrices, products

    return {name: row for module in (filters, matrices, eager, products) for name, row in module.ROWS.items()}
