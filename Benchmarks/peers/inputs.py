"""Writes the inputs that cannot be made by a formula on both sides alike: a chaotic truth and its observations."""
import sys

import numpy as np

from shared import FOLDER, uniform


def tendency(x):
    return (np.roll(x, -1) - np.roll(x, 2)) * np.roll(x, 1) - x + 8


def step(x, h=0.05):
    k1 = tendency(x)
    k2 = tendency(x + h / 2 * k1)
    k3 = tendency(x + h / 2 * k2)
    k4 = tendency(x + h * k3)
    return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def main(cycles):
    """Lorenz-96 observed as in Sakov & Oke (2008): every variable, every 0.05 units of time, with error variance 1."""
    random = np.random.default_rng(1)
    x = 8 + 0.01 * uniform(1, 40)
    for _ in range(1000):
        x = step(x)
    truth = np.empty((cycles, 40))
    for k in range(cycles):
        truth[k] = x
        x = step(x)
    truth.tofile(FOLDER / "truth")
    (truth + random.standard_normal(truth.shape)).tofile(FOLDER / "observations")
    (truth[0] + random.standard_normal((40, 40))).tofile(FOLDER / "members")


if __name__ == "__main__":
    main(int(sys.argv[1]))
