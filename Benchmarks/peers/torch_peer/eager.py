"""One operation on known numbers, a sum of two vectors, a thousand times from a loop in Python."""
import torch

from shared import uniform


def add(count):
    def row():
        a, b = torch.from_numpy(uniform(1, count)), torch.from_numpy(uniform(2, count))

        def run():
            with torch.inference_mode():
                for _ in range(1000):
                    a + b

        return run, lambda: (a + b).numpy()

    return row


ROWS = {f"eager/{n}": add(n) for n in (4, 1024)}
