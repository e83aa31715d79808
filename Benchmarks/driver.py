"""Runs Apus and its peers alternately on the same rows, compares their numbers and writes Benchmarks/results.json.

A round times Apus and then each peer on the same cores, one after the other, in an order that turns from round to round,
so that what else the machine does falls on all alike. A ratio is taken within each round; reported are its median and its
quartiles over the rounds. The peer of a row is the one with the best median of all peers and of all forms that they were written in.
"""
import argparse
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from rows import rows
from servers import ROOT, Failure, Server

NAMES = {"apus": "Apus", "jax": "JAX", "torch": "PyTorch", "numpy": "NumPy"}


def parsed():
    parser = argparse.ArgumentParser(description="Benchmarks against peers; see Benchmarks/README.md.")
    parser.add_argument("--rows", default="", metavar="REGEX", help="only rows whose name matches")
    parser.add_argument("--rounds", type=int, default=9, help="paired rounds of each row (9)")
    parser.add_argument("--seconds", type=float, default=0.25, help="least time of one measurement (0.25)")
    parser.add_argument("--limit", type=float, default=150, help="seconds after which an answer is given up (150)")
    parser.add_argument("--quick", action="store_true", help="3 short rounds, and the shorter filter experiment")
    parser.add_argument("--output", type=Path, default=ROOT / "Benchmarks/results.json")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = min(options.rounds, 3), min(options.seconds, 0.05)
    return options


class Contestant:
    """Apus or one form of a peer, on a number of threads."""

    def __init__(self, bench, label, row, threads):
        self.bench, self.label, self.row, self.threads = bench, label, row, threads
        self.peer, _, self.form = label.partition(": ")
        self.repeats = 1
        self.seconds = []  # of one run, by round

    @property
    def words(self):
        return (f"{self.row.name}/{self.form}" if self.form else self.row.name).replace(" ", "_")

    def prepare(self):
        """Compiles, runs once, and finds how many runs make a measurement; the reason if it cannot."""
        if self.bench.server(self).ask("prepare", self.words) == "missing":
            return "not there"
        server = self.bench.server(self)
        once = float(server.ask("run", self.words, 1))
        if once < self.bench.options.seconds:
            once = min(once, float(server.ask("run", self.words, max(1, int(0.01 / once)))) / max(1, int(0.01 / once)))
        self.repeats = max(1, round(self.bench.options.seconds / once))

    def measure(self):
        self.seconds.append(float(self.bench.server(self).ask("run", self.words, self.repeats)) / self.repeats)

    def result(self):
        path = self.bench.folder / f"result-{self.peer}"
        self.bench.server(self).ask("result", self.words, path)
        return np.fromfile(path)


class FreshContestant(Contestant):
    """One whose every run is the first of a new process, with compiled programs of an earlier process or without."""

    def prepare(self):
        if not self.row.second:
            return self.probe()
        self.cache = tempfile.TemporaryDirectory(dir=self.bench.folder)
        return self.probe(self.cache.name) or self.probe(self.cache.name)

    def probe(self, cache=None):
        with tempfile.TemporaryDirectory(dir=self.bench.folder) as empty:
            server = self.bench.start(self, cache or empty)
            try:
                if server.ask("prepare", self.words) == "missing":
                    return "not there"
                self.last = float(server.ask("run", self.words, 1))
                path = self.bench.folder / f"result-{self.peer}"
                server.ask("result", self.words, path)
                self.numbers = np.fromfile(path)
            finally:
                server.close()

    def measure(self):
        self.probe(self.cache.name if self.row.second else None)
        self.seconds.append(self.last)

    def result(self):
        return self.numbers


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.servers = {}
        self.ceilings = {threads: self.ceiling(threads) for threads in (1, 2)}

    def ceiling(self, threads):
        out = subprocess.run(
            [ROOT / ".build/bench/ceilings", str(threads)], capture_output=True, text=True, check=True).stdout
        return dict(zip(("double", "single", "memory"), map(float, out.split())))

    def start(self, contestant, cache=None):
        return Server(
            contestant.peer, contestant.threads, self.folder, self.options.quick, self.options.limit, cache)

    def server(self, contestant):
        """The server of a contestant, started again if it has died."""
        key = (contestant.peer, contestant.threads)
        if key not in self.servers or not self.servers[key].alive:
            self.servers[key] = self.start(contestant)
        return self.servers[key]

    def stop(self):
        """Ends all servers, so that a row of many megabytes does not weigh on the next."""
        for server in self.servers.values():
            if server.alive:
                server.close()
        self.servers = {}

    def measured(self, row, threads):
        """One row of the results."""
        make = FreshContestant if row.fresh else Contestant
        labels = ["apus", *row.peers]
        contestants = [make(self, label, row, threads) for label in labels]
        if threads > 1 and not row.fresh:
            contestants.append(make(self, "apus", row, 1))  # for the gain from the second thread
        faults, ready = {}, []
        for contestant in contestants:
            self.attempt(contestant, contestant.prepare, faults, ready)
        found = {id(c): self.guarded(c.result, faults, c) for c in ready}
        for turn in range(self.options.rounds):
            for i in range(len(ready)):
                contestant = ready[(i + turn) % len(ready)]
                if id(contestant) not in faults:
                    time.sleep(0.01)  # lets the threads of the one before go to sleep
                    self.guarded(contestant.measure, faults, contestant)
        self.stop()
        ready = [c for c in ready if id(c) not in faults]
        return self.report(row, threads, contestants, ready, found, faults)

    def attempt(self, contestant, prepare, faults, ready):
        fault = self.guarded(prepare, faults, contestant)
        if fault:
            faults[id(contestant)] = fault
        elif id(contestant) not in faults:
            ready.append(contestant)

    def guarded(self, action, faults, contestant):
        try:
            return action()
        except (Failure, ValueError) as failure:
            faults[id(contestant)] = str(failure)
            return None

    def report(self, row, threads, contestants, ready, found, faults):
        median = lambda c: statistics.median(c.seconds)
        apus = next((c for c in ready if c.peer == "apus" and c.threads == threads), None)
        alone = next((c for c in ready if c.peer == "apus" and c.threads != threads), None)
        peers = sorted((c for c in ready if c.peer != "apus"), key=median)
        title = lambda c: NAMES[c.peer] + (f", {c.form}" if c.form else "")
        report = {
            "name": row.title, "row": row.name, "unit": row.unit, "threads": threads, "precision": row.precision,
            "apus": row.value(median(apus)) if apus else None,
            "peer": row.value(median(peers[0])) if peers else None, "peerName": title(peers[0]) if peers else None,
            "ratio": None, "bound": None, "required": row.required, "rounds": self.options.rounds,
            "others": {title(c): row.value(median(c)) for c in peers[1:]},
            "missing": {title(c): faults[id(c)] for c in contestants if id(c) in faults},
        }
        if apus:
            report |= self.bound(row, threads, median(apus))
            report |= spread("apusSpread", [row.value(s) for s in apus.seconds])
        if peers:
            report |= spread("peerSpread", [row.value(s) for s in peers[0].seconds])
        if apus and alone:
            gains = [one / two for one, two in zip(alone.seconds, apus.seconds)]
            report |= {"gain": statistics.median(gains)} | spread("gainSpread", gains)
        if apus and peers:
            ratios = [peer / own for peer, own in zip(peers[0].seconds, apus.seconds)]
            report |= {"ratio": statistics.median(ratios)} | spread("ratioSpread", ratios)
            report |= self.compared(row, found[id(apus)], {title(c): found[id(c)] for c in peers})
        return report

    def bound(self, row, threads, seconds):
        """The fraction of the ceiling that binds, by the least time that the machine needs."""
        ceilings = self.ceilings[threads]
        least = {
            "multiply-add": row.flops * 1e-9 / ceilings[row.precision], "memory": row.bytes * 1e-9 / ceilings["memory"]}
        by = max(least, key=least.get)
        return {"bound": least[by] / seconds, "boundBy": by} if least[by] else {}

    def compared(self, row, own, others):
        """The largest difference between Apus and each peer, relative to the largest number; what is wrong, in words."""
        differences, faults = {}, []
        for name, other in others.items():
            difference, fault = difference_between(row, own, other)
            differences[name] = difference
            if fault:
                faults.append(f"from {name}: {fault}")
        known = [difference for difference in differences.values() if difference is not None]
        largest = max(known) if len(known) == len(differences) else None
        return {"difference": largest, "agrees": not faults} | ({"disagreement": "; ".join(faults)} if faults else {})


def difference_between(row, own, other):
    """The largest difference relative to the largest number, if there is one, and what is wrong, if something is."""
    if own is None or other is None:
        return None, "no numbers of " + ("Apus" if own is None else "the peer")
    if own.shape != other.shape:
        return None, f"{len(own)} numbers, not {len(other)}"
    for who, numbers in (("Apus", own), ("the peer", other)):
        bad = np.count_nonzero(~np.isfinite(numbers))
        if bad:
            return None, f"{bad} of {len(numbers)} numbers of {who} are not finite"
    a, b = (x[: row.compared] for x in (own, other))
    difference = float(np.max(np.abs(a - b)) / np.max(np.abs(b)))
    if difference > row.tolerance:
        return difference, f"by {difference:.2g} of the largest number, more than {row.tolerance:g}"
    if row.compared and abs(own.mean() / other.mean() - 1) >= 0.05:
        return difference, f"the mean is {own.mean():.4g}, not {other.mean():.4g}"
    return difference, None


def spread(name, values):
    """The quartiles, or both values of two."""
    low, high = np.quantile(values, [0.25, 0.75])
    return {name: [float(low), float(high)]}


def printed(row):
    number = lambda x: "–" if x is None else f"{x:.3g}" if abs(x) < 1000 else f"{x:.0f}"
    ratio = number(row["ratio"])
    if row.get("ratioSpread"):
        ratio += " ({} to {})".format(*map(number, row["ratioSpread"]))
    cells = [
        f"{row['name']} [{row['threads']}]", f"{number(row['apus'])} {row['unit']}",
        f"{number(row['peer'])} {row['peerName'] or ''}", ratio,
        f"{100 * row['bound']:.0f} % {row['boundBy']}" if row.get("bound") is not None else "",
        f"gain {row['gain']:.2f}" if row.get("gain") else "",
        "" if row.get("agrees", True) else f"DIFFERS {row['disagreement']}",
    ]
    print(" | ".join(cells), flush=True)
    for name, fault in row["missing"].items():
        print(f"    {name}: {fault}", flush=True)


def processor():
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def derived(results):
    """What a gradient costs in units of its cost, on both sides, from the rows before."""
    rows = {row["row"]: row for row in results}
    for steps in (10, 40):
        pair = [rows.get(f"variational/{steps}/{what}") for what in ("gradient", "cost")]
        if all(pair):
            over = lambda key: pair[0][key] / pair[1][key] if pair[0][key] and pair[1][key] else None
            yield {
                "name": f"4D-Var, {steps} RK4 steps, gradient over cost", "row": f"variational/{steps}/gradient-over-cost",
                "unit": "×", "threads": 1, "precision": "double", "apus": over("apus"), "peer": over("peer"),
                "peerName": pair[0]["peerName"], "ratio": None, "bound": None, "required": None, "missing": {}}


def main():
    options = parsed()
    chosen = [row for row in rows(options.quick) if re.search(options.rows, row.name)]
    if not chosen:
        sys.exit(f"bench: no row matches '{options.rows}'")
    with tempfile.TemporaryDirectory(prefix="apus-bench-") as name:
        folder = Path(name)
        inputs = [sys.executable, ROOT / "Benchmarks/peers/inputs.py", "20000"]
        subprocess.run(inputs, check=True, env={"BENCH_FOLDER": name})
        bench = Bench(options, folder)
        results = []
        for threads, ceilings in bench.ceilings.items():
            print(f"ceilings, {threads} threads: " + ", ".join(f"{k} {v:.0f}" for k, v in ceilings.items()), flush=True)
        try:
            for row in chosen:
                for threads in row.threads:
                    results.append(bench.measured(row, threads))
                    printed(results[-1])
        finally:
            bench.stop()
        for row in derived(results):
            results.append(row)
            printed(row)
        ceilings = [
            {
                "name": f"ceiling: {kind}", "row": f"ceiling/{kind}", "unit": "GB/s" if kind == "memory" else "GFLOP/s",
                "threads": threads, "apus": None, "peer": value, "peerName": "Benchmarks/ceilings.c", "ratio": None,
                "bound": None, "processor": processor()}
            for threads, values in bench.ceilings.items() for kind, value in values.items()]
    options.output.write_text(json.dumps(results + ceilings, indent=1, ensure_ascii=False) + "\n")
    wrong = [row["name"] for row in results if row.get("agrees") is False]
    if wrong:
        sys.exit("bench: the numbers differ: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
