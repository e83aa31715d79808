"""Runs Apus and its peers alternately on the same rows, compares their numbers and writes Benchmarks/results-PROCESSOR.json.

A round times Apus and then each peer on the same cores, one after the other, in an order that turns from round to round,
so that what else the machine does falls on all alike. A ratio is taken within each round; reported are its median and its
quartiles over the rounds. The peer of a row is the one with the best median of all peers and of all forms that they were written in.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import processor
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
    parser.add_argument("--load", action="store_true", help="keep the first core busy with another process meanwhile")
    parser.add_argument(
        "--output", type=Path, default=ROOT / f"Benchmarks/results-{processor.slug()}.json",
        help="with --rows the other rows of the file stay")
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
        self.busy = []  # of all threads of the process in one run, by round

    @property
    def words(self):
        return (f"{self.row.name}/{self.form}" if self.form else self.row.name).replace(" ", "_")

    def prepare(self):
        """Compiles, runs once, and finds how many runs make a measurement; the reason if it cannot."""
        if self.bench.server(self).ask("prepare", self.words) == "missing":
            return "not there"
        server = self.bench.server(self)
        once = server.time(self.words, 1)[0]
        if once < self.bench.options.seconds:
            once = min(once, server.time(self.words, max(1, int(0.01 / once)))[0] / max(1, int(0.01 / once)))
        self.repeats = max(1, round(self.bench.options.seconds / once))

    def measure(self):
        seconds, busy = self.bench.server(self).time(self.words, self.repeats)
        self.seconds.append(seconds / self.repeats)
        self.busy.append(busy / self.repeats)

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
                self.last, self.last_busy = server.time(self.words, 1)
                path = self.bench.folder / f"result-{self.peer}"
                server.ask("result", self.words, path)
                self.numbers = np.fromfile(path)
            finally:
                server.close()

    def measure(self):
        self.probe(self.cache.name if self.row.second else None)
        self.seconds.append(self.last)
        self.busy.append(self.last_busy)

    def result(self):
        return self.numbers


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.servers = {}
        self.ceilings = {1: {}, 2: {}}
        self.bounds = []  # of each report, to be computed again when the ceilings are better known
        self.measure_ceilings()

    def measure_ceilings(self):
        """Before the rows and after them: the best of both, since a ceiling is what can be reached."""
        for threads, known in self.ceilings.items():
            for kind, value in self.ceiling(threads).items():
                known[kind] = max(value, known.get(kind, 0))

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
        for (name, _), server in self.servers.items():
            if name == "apus" and server.alive:
                server.listen()
                print("".join(f"    Apus says: {line}\n" for line in server.log.splitlines()), end="")
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
            report |= spread("apusSpread", [row.value(s) for s in apus.seconds])
            report |= self.bound(row, threads, median(apus))
            self.bounds.append((report, lambda: self.bound(row, threads, median(apus))))
        if peers:
            report |= spread("peerSpread", [row.value(s) for s in peers[0].seconds])
        report |= self.processor_time(row, apus, peers)
        if apus and alone:
            gains = [one / two for one, two in zip(alone.seconds, apus.seconds)]
            report |= {"gain": statistics.median(gains)} | spread("gainSpread", gains)
        if apus and peers:
            ratios = [peer / own for peer, own in zip(peers[0].seconds, apus.seconds)]
            report |= {"ratio": statistics.median(ratios)} | spread("ratioSpread", ratios)
            report |= self.compared(row, found[id(apus)], {title(c): found[id(c)] for c in peers})
        return report

    def processor_time(self, row, apus, peers):
        """Of all threads together, which other processes do not lengthen: of Apus, and of the peer that needs least of it."""
        busy = lambda c: statistics.median(c.busy)
        report = {"apusBusy": row.value(busy(apus))} if apus else {}
        if peers and apus and busy(apus) > 0:
            peer = min(peers, key=busy)
            ratios = [other / own for other, own in zip(peer.busy, apus.busy)]
            report |= {"peerBusy": row.value(busy(peer)), "busyRatio": statistics.median(ratios)}
        return report

    def bound(self, row, threads, seconds):
        """The fraction of the ceiling that binds, by the least time that the machine needs."""
        ceilings = self.ceilings[threads]
        least = {
            "multiply-add": row.flops * 1e-9 / ceilings[row.precision], "memory": row.bytes * 1e-9 / ceilings["memory"]}
        by = max(least, key=least.get)
        return {"bound": least[by] / seconds, "boundBy": by} if least[by] else {}

    def compared(self, row, own, others):
        """The largest difference between Apus and each peer, relative to the largest number."""
        differences = {}
        for name, other in others.items():
            if own is None or other is None or own.shape != other.shape:
                shapes = [None if x is None else x.shape for x in (own, other)]
                return {"difference": None, "agrees": False, "disagreement": f"{name}: {shapes[0]} and {shapes[1]}"}
            a, b = (x[: row.compared] for x in (own, other))
            with np.errstate(invalid="ignore"):
                difference = float(np.max(np.abs(a - b)) / np.max(np.abs(b)))
            means = abs(own.mean() / other.mean() - 1) < 0.05 if row.compared else True
            differences[name] = difference if means and np.isfinite(difference) else float("inf")
        worst = max(differences, key=differences.get)
        agrees = differences[worst] <= row.tolerance
        finite = differences[worst] if np.isfinite(differences[worst]) else None
        return {"difference": finite, "agrees": agrees} | ({} if agrees else {"disagreement": worst})


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
        "" if row["ratio"] is None or row["agrees"] else f"DIFFERS: {row['disagreement']} by {row['difference']}",
    ]
    print(" | ".join(cells), flush=True)
    for name, fault in row["missing"].items():
        print(f"    {name}: {fault}", flush=True)


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


def keep_busy(core):
    """A process that does nothing but take time from one core."""
    script = f"import os\nos.sched_setaffinity(0, [{core}])\nwhile True: pass"
    return subprocess.Popen([sys.executable, "-c", script])


def measured(options, folder, chosen):
    bench = Bench(options, folder)
    for threads, ceilings in bench.ceilings.items():
        print(f"ceilings, {threads} threads: " + ", ".join(f"{k} {v:.0f}" for k, v in ceilings.items()), flush=True)
    load = keep_busy(min(os.sched_getaffinity(0))) if options.load else None
    results = []
    try:
        for row in chosen:
            for threads in row.threads:
                results.append(bench.measured(row, threads))
                printed(results[-1])
    finally:
        bench.stop()
        if load:
            load.kill()
            load.wait()
    for row in derived(results):
        results.append(row)
        printed(row)
    bench.measure_ceilings()
    for report, bound in bench.bounds:
        report |= bound()
    return results + [
        {
            "name": f"ceiling: {kind}", "row": f"ceiling/{kind}", "unit": "GB/s" if kind == "memory" else "GFLOP/s",
            "threads": threads, "apus": None, "peer": value, "peerName": "Benchmarks/ceilings.c", "ratio": None, "bound": None}
        for threads, values in bench.ceilings.items() for kind, value in values.items()]


def main():
    options = parsed()
    chosen = [row for row in rows(options.quick) if re.search(options.rows, row.name)]
    if not chosen:
        sys.exit(f"bench: no row matches '{options.rows}'")
    with tempfile.TemporaryDirectory(prefix="apus-bench-") as name:
        inputs = [sys.executable, ROOT / "Benchmarks/peers/inputs.py", "20000"]
        subprocess.run(inputs, check=True, env=os.environ | {"BENCH_FOLDER": name})
        results = measured(options, Path(name), chosen)
    if options.rows and options.output.exists():
        new = {(row["row"], row["threads"]) for row in results}
        before = json.loads(options.output.read_text())["rows"]
        kept = [row for row in before if (row["row"], row["threads"]) not in new]
        places = {(row["row"], row["threads"]): place for place, row in enumerate(before)}
        results = sorted(kept + results, key=lambda row: places.get((row["row"], row["threads"]), len(places)))
    everything = processor.description() | {"rows": results}
    options.output.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n")
    wrong = [row["name"] for row in results if row.get("agrees") is False]
    if wrong:
        sys.exit("bench: the numbers differ: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
