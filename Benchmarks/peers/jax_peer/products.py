"""Products of matrices, a recurrence with gates, work bound by indices, and reductions over the first axis."""
import jax
import jax.numpy as jnp
import numpy as np

from shared import places, uniform

from . import prepared


def product(n, kind):
    return lambda: prepared(jnp.matmul, uniform(1, n, n).astype(kind), uniform(2, n, n).astype(kind))


def indexed():
    count = 1_000_000

    def work(x, first, second):
        return jnp.zeros(count).at[second].add(2 * x[first] + 1)

    return prepared(work, uniform(1, count), places(2, count), places(3, count))


def reductions():
    return prepared(lambda x: (x.mean(0), x.var(0), x.max(0)), uniform(1, 100_000, 40))


def recurrence():
    units = 128
    single = lambda seed, *shape: uniform(seed, *shape).astype(np.float32)
    w, u = np.float32(0.1) * single(1, 40, 4 * units), np.float32(0.1) * single(2, units, 4 * units)

    def work(w, u, sequence):
        def step(state, x):
            h, c = state
            i, f, g, o = jnp.split(x @ w + h @ u, 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

        zero = jnp.zeros((64, units), jnp.float32)
        return jax.lax.scan(step, (zero, zero), sequence)[0][0]

    return prepared(work, w, u, single(3, 50, 64, 40))


ROWS = {f"product/{n}/{name}": product(n, kind) for n in (64, 128, 256, 512, 1024)
        for name, kind in [("double", np.float64), ("single", np.float32)]}
ROWS |= {"indexed": indexed, "leading": reductions, "recurrence": recurrence}
