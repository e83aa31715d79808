"""The ensemble transform Kalman filter of Lorenz-96 as a loop in Python over NumPy."""
import numpy as np

from shared import QUICK, read

CYCLES = 1000 if QUICK else 20_000
AHEAD, BEHIND, BEFORE = ((np.arange(40) + shift) % 40 for shift in (1, -2, -1))


def tendency(x):
    # Indexing along the last axis is faster than np.roll.
    return (x.take(AHEAD, -1) - x.take(BEHIND, -1)) * x.take(BEFORE, -1) - x + 8.0


def step(x, h=0.05):
    k1 = tendency(x)
    k2 = tendency(x + h / 2 * k1)
    k3 = tendency(x + h / 2 * k2)
    k4 = tendency(x + h * k3)
    return x + h / 6 * (k1 + 2 * (k2 + k3) + k4)


def etkf(members, observations, truth, inflation=1.02):
    count = len(members)
    errors = np.empty(len(observations))
    for k, y in enumerate(observations):
        mean = members.mean(0)
        anomalies = members - mean
        gram = anomalies @ anomalies.T
        gram.flat[:: count + 1] += count - 1
        values, vectors = np.linalg.eigh(gram)
        weights = vectors @ ((vectors.T @ (anomalies @ (y - mean))) / values)
        transform = (vectors * np.sqrt((count - 1) / values)) @ vectors.T
        mean = mean + weights @ anomalies
        errors[k] = np.sqrt(np.mean((mean - truth[k]) ** 2))
        members = step(mean + inflation * (transform @ anomalies))
    return errors


def experiment(cycles):
    def row():
        truth, observations = (read(name, -1, 40)[:cycles] for name in ("truth", "observations"))
        members = read("members", 40, 40)
        return lambda: etkf(members, observations, truth), lambda: etkf(members, observations, truth)

    return row


ROWS = {"etkf": experiment(CYCLES), "etkf/library": experiment(1000)}
