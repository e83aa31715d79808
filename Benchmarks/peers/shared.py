"""What all peers and Apus share: numbers that both sides make alike, and files of float64."""
import os
from pathlib import Path

import numpy as np

FOLDER = Path(os.environ.get("BENCH_FOLDER", "."))
QUICK = os.environ.get("BENCH_QUICK") == "1"


def uniform(seed, *shape):
    """Numbers in [-1, 1) by SplitMix64 of a counter; `Numbers.swift` makes the same."""
    count = int(np.prod(shape, dtype=int))
    with np.errstate(over="ignore"):
        z = ((np.uint64(seed) << np.uint64(32)) + np.arange(1, count + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return ((z >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1).reshape(shape)


def places(seed, count):
    """Indices below `count`."""
    return ((uniform(seed, count) + 1) / 2 * count).astype(np.int64)


def read(name, *shape):
    return np.fromfile(FOLDER / name).reshape(shape)


def flat(*arrays):
    """All results of a row as one vector of doubles."""
    return np.concatenate([np.asarray(a, dtype=np.float64).ravel() for a in arrays])
