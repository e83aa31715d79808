"""Runs rows of one peer on demand: `server.py jax|torch|numpy THREADS`, commands on standard input, answers on output.

    prepare ROW         compile and run once            ok | missing
    run ROW REPEATS     time that many runs             seconds, and those of all its threads together
    result ROW FILE     write what the row computes     ok

A blank in the name of a row is written as an underscore. An exception is answered by `error` and its text on one line.
"""
import gc
import importlib
import sys
import time


def main():
    peer, threads = sys.argv[1], int(sys.argv[2])
    rows = importlib.import_module(f"{peer}_peer").rows(threads)
    prepared = {}

    def answer(command, row, *rest):
        row = row.replace("_", " ")
        if command == "prepare":
            if row not in rows:
                return "missing"
            prepared[row] = rows[row]()
            return "ok"
        run, result = prepared[row]
        if command == "run":
            repeats = range(int(rest[0]))
            gc.collect()
            gc.disable()
            start, busy = time.perf_counter(), time.process_time()
            for _ in repeats:
                run()
            seconds, busy = time.perf_counter() - start, time.process_time() - busy
            gc.enable()
            return f"{seconds!r} {busy!r}"
        if command == "result":
            result().astype("<f8").tofile(rest[0])
            return "ok"
        raise ValueError(f"unknown command {command}")

    answers = sys.stdout
    sys.stdout = sys.stderr  # what a library prints is no answer
    for line in sys.stdin:
        try:
            text = answer(*line.split())
        except Exception as error:
            text = "error " + " ".join(f"{type(error).__name__}: {error}".split())[:300]
        print(text, file=answers, flush=True)


if __name__ == "__main__":
    main()
