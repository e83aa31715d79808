"""Eigendecomposition and Cholesky factors of 10 000 small symmetric matrices at once, by LAPACK."""
import numpy as np

from shared import flat, uniform


def batch(n):
    factor = uniform(1, 10_000, n, n)
    return factor @ factor.transpose(0, 2, 1) + np.eye(n)


def eigen(n):
    def row():
        matrices = batch(n)

        def result():
            values, vectors = np.linalg.eigh(matrices[:1000])
            few = vectors[:10]
            return flat(values, (few * values[:10, None]) @ few.transpose(0, 2, 1))

        return lambda: np.linalg.eigh(matrices), result

    return row


def cholesky(n):
    def row():
        matrices = batch(n)
        return lambda: np.linalg.cholesky(matrices), lambda: flat(np.linalg.cholesky(matrices))

    return row


ROWS = {f"eigen/{n}": eigen(n) for n in (20, 40)}
ROWS |= {f"cholesky/{n}": cholesky(n) for n in (20, 40)}
