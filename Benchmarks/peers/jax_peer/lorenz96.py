"""Lorenz-96, Runge–Kutta of order four: as one would write it, and in the best form found.

The best form has members last, so that vectors run over members, and slices in place of `roll`, which XLA fuses better.
"""
import jax
import jax.numpy as jnp

from shared import uniform

from . import prepared


def tendency(x):
    """Variables along the last axis."""
    return (jnp.roll(x, -1, -1) - jnp.roll(x, 2, -1)) * jnp.roll(x, 1, -1) - x + 8.0


def tendency_members_last(x):
    """Variables along the first axis."""
    n = x.shape[0]
    wide = jnp.concatenate([x[-2:], x, x[:1]])
    return (wide[3:] - wide[:n]) * wide[1 : n + 1] - x + 8.0


def step(f, x, h=0.05):
    k1 = f(x)
    k2 = f(x + h / 2 * k1)
    k3 = f(x + h / 2 * k2)
    k4 = f(x + h * k3)
    return x + h / 6 * (k1 + 2 * (k2 + k3) + k4)


def forecast(f, x, steps):
    return jax.lax.scan(lambda x, _: (step(f, x), None), x, length=steps)[0]


def start(members):
    return 2 + 3 * uniform(1, members, 40)


def natural(members, steps):
    return lambda: prepared(jax.vmap(lambda x: forecast(tendency, x, steps)), start(members))


def best(members, steps):
    def row():
        run, result = prepared(lambda x: forecast(tendency_members_last, x, steps), start(members).T.copy())
        return run, lambda: result().reshape(40, members).T.ravel()

    return row


SIZES = {20: 100, 1000: 100, 100_000: 5}
ROWS = {f"lorenz96/{n}/natural": natural(n, steps) for n, steps in SIZES.items()}
ROWS |= {f"lorenz96/{n}/best": best(n, steps) for n, steps in SIZES.items()}
