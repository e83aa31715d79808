"""Products of matrices, work bound by indices, and reductions over the first axis."""
import numpy as np

from shared import flat, places, uniform


def product(n, kind):
    def row():
        a, b = uniform(1, n, n).astype(kind), uniform(2, n, n).astype(kind)
        return lambda: a @ b, lambda: flat(a @ b)

    return row


def indexed():
    count = 1_000_000
    x, first, second = uniform(1, count), places(2, count), places(3, count)
    # Faster than np.add.at.
    work = lambda: np.bincount(second, weights=2 * x[first] + 1, minlength=count)
    return work, lambda: flat(work())


def reductions():
    x = uniform(1, 100_000, 40)
    work = lambda: (x.mean(0), x.var(0), x.max(0))
    return work, lambda: flat(*work())


ROWS = {f"product/{n}/{name}": product(n, kind) for n in (64, 128, 256, 512, 1024)
        for name, kind in [("double", np.float64), ("single", np.float32)]}
ROWS |= {"indexed": indexed, "leading": reductions}
