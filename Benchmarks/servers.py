"""The processes that do the work: Apus and its peers, each alive for the whole run, only one of them busy at a time."""
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import processor

ROOT = Path(__file__).resolve().parent.parent


class Failure(Exception):
    """A server that answered with an error, died, or took too long."""


def environment(threads, folder, quick):
    """One thread, or all: every library is told, and the processor's cores are taken away besides."""
    one = threads == 1
    return os.environ | {
        "APUS_THREADS": str(threads),
        "APUS_CACHE": str(folder / "apus-cache"),
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": "1",  # NumPy's own is set by `command`
        **processor.core_type(),
        "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={'false' if one else 'true'}",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(ROOT / "Benchmarks/peers"),
        "BENCH_FOLDER": str(folder),
        "BENCH_QUICK": "1" if quick else "0",
    }


class Server:
    def __init__(self, name, threads, folder, quick, limit, cache=None):
        self.name, self.limit = name, limit
        cores = sorted(os.sched_getaffinity(0))
        chosen = cores[-1:] if threads == 1 else cores[:threads]
        settings = environment(threads, folder, quick)
        if name == "numpy":
            settings["OPENBLAS_NUM_THREADS"] = str(threads)
        if cache:
            settings |= {"BENCH_CACHE": str(cache), "APUS_CACHE": str(cache)}
        self.process = subprocess.Popen(
            self.command(threads), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=settings, bufsize=0, preexec_fn=lambda: os.sched_setaffinity(0, chosen))
        os.set_blocking(self.process.stderr.fileno(), False)
        self.log = ""
        self.answered = b""

    def command(self, threads):
        if self.name == "apus":
            return [os.environ.get("APUS_BENCH", str(ROOT / ".build/release/Bench"))]
        return [sys.executable, str(ROOT / "Benchmarks/peers/server.py"), self.name, str(threads)]

    def ask(self, *words):
        """Sends a command and returns the answer; raises `Failure` for an error, a death, or silence beyond the limit."""
        try:
            self.process.stdin.write((" ".join(map(str, words)) + "\n").encode())
        except BrokenPipeError:
            raise Failure(self.death()) from None
        deadline = time.monotonic() + self.limit
        while b"\n" not in self.answered:
            ready = select.select(
                [self.process.stdout, self.process.stderr], [], [], max(0, deadline - time.monotonic()))[0]
            if not ready:
                self.close()
                raise Failure(f"no answer to '{' '.join(map(str, words[:2]))}' within {self.limit} s")
            self.listen()
            if self.process.stdout in ready:
                part = self.process.stdout.read(65536)
                if not part:
                    raise Failure(self.death())
                self.answered += part
        line, self.answered = self.answered.split(b"\n", 1)
        text = line.decode()
        if text.startswith("error "):
            raise Failure(text.removeprefix("error "))
        return text

    def time(self, words, repeats):
        """Seconds of so many runs, and those of all threads of the process together."""
        seconds, busy = self.ask("run", words, repeats).split()
        return float(seconds), float(busy)

    def listen(self):
        """Keeps the end of what the process says beside its answers."""
        self.log = (self.log + (self.process.stderr.read() or b"").decode(errors="replace"))[-4000:]

    def death(self):
        self.process.wait()
        self.listen()
        lines = [line for line in self.log.splitlines() if line.strip()]
        said = next((line for line in lines if "Fatal error" in line or "Error:" in line), lines[-1] if lines else "")
        return f"{self.name} ended with {self.process.returncode}: {said[-300:]}"

    @property
    def alive(self):
        return self.process.poll() is None

    def close(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
