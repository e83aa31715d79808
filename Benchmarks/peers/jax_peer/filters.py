"""The ensemble transform Kalman filter and the extended Kalman filter of Lorenz-96, whole experiments in one `scan`.

Setting of Sakov & Oke (2008): all variables observed with error variance 1 every 0.05 units of time. Two forms of the model:
with `roll`, and with slices of a wider state.
"""
import functools

import jax
import jax.numpy as jnp

from shared import QUICK, read

from . import prepared
from .lorenz96 import step, tendency, tendency_members_last

FORMS = {"roll": tendency, "slices": lambda x: tendency_members_last(x.T).T}
CYCLES = 1000 if QUICK else 20_000


def etkf_cycle(f, members, now, inflation=1.02):
    y, truth = now
    count = members.shape[0]
    mean = members.mean(0)
    anomalies = members - mean
    values, vectors = jnp.linalg.eigh(anomalies @ anomalies.T + (count - 1) * jnp.eye(count), symmetrize_input=False)
    weights = vectors @ ((vectors.T @ (anomalies @ (y - mean))) / values)
    transform = (vectors * jnp.sqrt((count - 1) / values)) @ vectors.T
    mean = mean + weights @ anomalies
    error = jnp.sqrt(jnp.mean((mean - truth) ** 2))
    return step(f, mean + inflation * (transform @ anomalies)), error


def etkf(cycles, form):
    def row():
        truth, observations = (read(name, -1, 40)[:cycles] for name in ("truth", "observations"))
        cycle = functools.partial(etkf_cycle, FORMS[form])
        run = lambda members, y, truth: jax.lax.scan(cycle, members, (y, truth))[1]
        return prepared(run, read("members", 40, 40), observations, truth)

    return row


def extended(cycles, form, inflation=1.05):
    identity = jnp.eye(40)
    model = lambda x: step(FORMS[form], x)

    def cycle(belief, now):
        mean, covariance = belief
        y, truth = now
        gain = jax.scipy.linalg.cho_solve(jax.scipy.linalg.cho_factor(covariance + identity, lower=True), covariance).T
        mean = mean + gain @ (y - mean)
        covariance = covariance - gain @ covariance
        error = jnp.sqrt(jnp.mean((mean - truth) ** 2))
        tangent = jax.jacfwd(model)(mean)
        covariance = inflation**2 * (tangent @ covariance @ tangent.T) + 0.01 * identity
        return (model(mean), 0.5 * (covariance + covariance.T)), error

    def row():
        truth, observations = (read(name, -1, 40)[:cycles] for name in ("truth", "observations"))

        def run(mean, y, truth):
            (_, covariance), errors = jax.lax.scan(cycle, (mean, identity), (y, truth))
            return errors, covariance

        return prepared(run, read("members", 40, 40)[0], observations, truth)

    return row


ROWS = {}
for form in FORMS:
    ROWS[f"etkf/{form}"] = etkf(CYCLES, form)
    ROWS[f"etkf/library/{form}"] = etkf(1000, form)
    ROWS[f"extended-kalman/{form}"] = extended(1000, form)
