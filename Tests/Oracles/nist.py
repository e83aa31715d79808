"""Extracts the numbers of NIST's Statistical Reference Datasets from their .dat files into one JSON file.

Run as `python3 nist.py <folder of .dat files> > nist.json`. Only numbers and names are kept.
"""

import json
import pathlib
import re
import sys

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[Ee][-+]?\d+)?"


def between(text, label):
    return float(re.search(label + r":?\s+(" + NUMBER + ")", text).group(1))


def data_rows(text):
    lines = text.splitlines()
    first = max(i for i, line in enumerate(lines) if line.startswith("Data:")) + 1
    return [[float(number) for number in line.split()] for line in lines[first:] if line.strip()]


def nonlinear(text):
    rows = re.findall(r"^\s*b\d+ =" + (r"\s+(" + NUMBER + ")") * 4 + r"\s*$", text, re.MULTILINE)
    columns = [[float(row[i]) for row in rows] for i in range(4)]
    return {
        "starts": columns[:2],
        "certified": columns[2],
        "deviations": columns[3],
        "residualSumOfSquares": between(text, "Residual Sum of Squares"),
        "residualDeviation": between(text, "Residual Standard Deviation"),
    }


def linear(text):
    rows = re.findall(r"^\s*B\d+" + (r"\s+(" + NUMBER + ")") * 2 + r"\s*$", text, re.MULTILINE)
    return {
        "starts": [],
        "certified": [float(row[0]) for row in rows],
        "deviations": [float(row[1]) for row in rows],
        "residualSumOfSquares": float(re.search(r"^Residual\s+\d+\s+(" + NUMBER + ")", text, re.MULTILINE).group(1)),
        "residualDeviation": between(text, r"Residual\s+Standard Deviation"),
        "determination": between(text, "R-Squared"),
    }


sets = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.dat")):
    text = path.read_text()
    header = {"name": path.stem, "difficulty": re.search(r"(\w+) Level of Difficulty", text).group(1)}
    numbers = nonlinear(text) if "Nonlinear" in text else linear(text)
    sets.append(header | numbers | {"rows": data_rows(text)})

print(json.dumps({"credit": "NIST StRD, public domain", "sets": sets}))
