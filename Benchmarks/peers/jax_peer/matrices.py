"""Eigendecomposition and Cholesky factors of 10 000 small symmetric matrices at once."""
import jax
import jax.numpy as jnp

from shared import flat, uniform

from . import prepared


def batch(n):
    """Positive definite: the identity plus a Gram matrix."""
    factor = uniform(1, 10_000, n, n)
    return factor @ factor.transpose(0, 2, 1) + jnp.eye(n)


def eigen(n):
    def row():
        matrices = batch(n)
        decompose = jax.jit(lambda a: jnp.linalg.eigh(a, symmetrize_input=False))
        run = lambda: jax.block_until_ready(decompose(matrices))
        run()

        def result():
            values, vectors = decompose(matrices)
            few = vectors[:10]  # signs are free; what they put together is not
            return flat(values[:1000], (few * values[:10, None]) @ few.transpose(0, 2, 1))

        return run, result

    return row


def cholesky(n):
    return lambda: prepared(lambda a: jnp.linalg.cholesky(a, symmetrize_input=False), batch(n))


ROWS = {f"eigen/{n}": eigen(n) for n in (20, 40)}
ROWS |= {f"cholesky/{n}": cholesky(n) for n in (20, 40)}
