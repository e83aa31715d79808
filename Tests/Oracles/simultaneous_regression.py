"""Least squares of one variable on the others at the same time, by numpy.linalg.lstsq: simultaneous_regression.json.

Run from anywhere: python3 simultaneous_regression.py
"""
import json
import pathlib

import numpy as np

rng = np.random.default_rng(5)
count, end = 60, 45
common = rng.normal(size=(count, 2))
values = common @ rng.normal(size=(2, 4)) + 0.5 * rng.normal(size=(count, 4)) + [0.3, -0.2, 0.0, 1.0]
values = values.round(3)
values[rng.random((count, 4)) < 0.08] = np.nan


def estimate(variable, time):
    """From the others that have a value at the time, over the times before the test at which all of them have one."""
    others = [j for j in range(4) if j != variable and not np.isnan(values[time, j])]
    rows = values[:end][~np.isnan(values[:end][:, [variable, *others]]).any(axis=1)]
    design = np.column_stack([np.ones(len(rows)), rows[:, others]])
    fit = np.linalg.lstsq(design, rows[:, variable], rcond=None)[0]
    return float(fit[0] + values[time, others] @ fit[1:])


record = {
    "end": end,
    "values": [[None if np.isnan(x) else x for x in row] for row in values.tolist()],
    "estimates": [[v, t, estimate(v, t)] for t in range(end, count) for v in range(4)],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(record) + "\n")
