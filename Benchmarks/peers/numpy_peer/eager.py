"""One operation on known numbers, a sum of two vectors, a thousand times from a loop in Python."""
import numpy as np

from shared import uniform


def add(count):
    def row():
        a, b = uniform(1, count), uniform(2, count)

        def run():
            for _ in range(1000):
                a + b

        return run, lambda: a + b

    return row


ROWS = {f"eager/{n}": add(n) for n in (4, 1024)}
