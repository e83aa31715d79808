"""The derivative of twenty Runge–Kutta steps, 40 × 40: forward mode in two forms, and reverse mode."""
import jax

from shared import uniform

from . import prepared
from .lorenz96 import forecast, tendency, tendency_members_last


def forward():
    return prepared(jax.jacfwd(lambda x: forecast(tendency, x, 20)), 2 + 3 * uniform(1, 40))


def slices():
    return prepared(jax.jacfwd(lambda x: forecast(tendency_members_last, x, 20)), 2 + 3 * uniform(1, 40))


def reverse():
    return prepared(jax.jacrev(lambda x: forecast(tendency, x, 20)), 2 + 3 * uniform(1, 40))


ROWS = {"jacobian/forward": forward, "jacobian/forward, slices": slices, "jacobian/reverse": reverse}
