"""Learning through filters: a step of gradient descent of a gain, and the gradient of the likelihood of an ensemble filter.

The filter's model is a dictionary of 18 monomials, in two forms: all monomials stacked and summed with the coefficients, and
nested by Horner's scheme with slices of a wider state.
"""
import functools

import jax
import jax.numpy as jnp
import numpy as np

from shared import read, uniform

from . import prepared
from .filters import FORMS
from .lorenz96 import step

IDENTITY = np.eye(40)
triangular = functools.partial(jax.scipy.linalg.solve_triangular, lower=True)


def gain_step(form):
    """Objective: the mean over cycles of KL(analysis || background) - E log-likelihood."""
    model = lambda x: step(FORMS[form], x)

    def cycle(gain, background, now):
        mean, covariance = background
        y, noise = now
        left = IDENTITY - gain
        analysis = mean + gain @ (y - mean), left @ covariance @ left.T + gain @ gain.T
        lower, factor = jnp.linalg.cholesky(covariance), jnp.linalg.cholesky(analysis[1])
        white = triangular(lower, jnp.concatenate([factor, (analysis[0] - mean)[:, None]], 1))
        divergence = 0.5 * (jnp.sum(white**2) - 40) + jnp.sum(jnp.log(jnp.diag(lower) / jnp.diag(factor)))
        departures = y - (analysis[0] + noise @ factor.T)
        fit = -0.5 * jnp.sum(departures**2) / len(noise) - 20 * np.log(2 * np.pi)
        tangent = jax.jacfwd(model)(analysis[0])
        return (model(analysis[0]), tangent @ analysis[1] @ tangent.T + 0.1 * IDENTITY), divergence - fit

    def row():
        observations, noise = read("observations", -1, 40)[:1000], uniform(31, 1000, 10, 40)
        start = read("members", 40, 40)[0], IDENTITY

        def objective(gain, start, observations, noise):
            return jnp.mean(jax.lax.scan(functools.partial(cycle, gain), start, (observations, noise))[1])

        def descent(gain, *data):
            value, slope = jax.value_and_grad(objective)(gain, *data)
            return gain - 0.01 * slope, value

        return prepared(descent, 0.4 * IDENTITY, start, observations, noise)

    return row


MONOMIALS = [[]] + [[a] for a in range(-2, 3)] + [[a, b] for a in range(-2, 3) for b in range(a, min(a + 2, 2) + 1)]
LORENZ = {(): 8, (0,): -1, (-2, -1): -1, (-1, 1): 1}


def features(coefficients, x):
    shifted = {a: jnp.roll(x, -a, -1) for a in range(-2, 3)}
    ones = jnp.ones_like(x)
    columns = [functools.reduce(lambda p, a: p * shifted[a], monomial, ones) for monomial in MONOMIALS]
    return jnp.tensordot(coefficients, jnp.stack(columns), 1)


def nested(coefficients, x):
    n = x.shape[-1]
    wide = jnp.concatenate([x[..., -2:], x, x[..., :2]], -1)
    shifted = {a: wide[..., 2 + a : 2 + a + n] for a in range(-2, 3)}
    c = {tuple(monomial): coefficients[i] for i, monomial in enumerate(MONOMIALS)}
    total = c[()]
    for a in range(-2, 3):
        total = total + shifted[a] * (c[a,] + sum(c[a, b] * shifted[b] for b in range(a, min(a + 2, 2) + 1)))
    return total


def taper(half_width):
    """Gaspari and Cohn's function of the distances on a circle of 40 places."""
    d = np.abs(np.subtract.outer(np.arange(40), np.arange(40)))
    z = np.minimum(d, 40 - d) / half_width
    with np.errstate(divide="ignore", invalid="ignore"):
        near = 1 - 5 / 3 * z**2 + 5 / 8 * z**3 + z**4 / 2 - z**5 / 4
        far = 4 - 5 * z + 5 / 3 * z**2 + 5 / 8 * z**3 - z**4 / 2 + z**5 / 12 - 2 / (3 * z)
    return np.where(z <= 1, near, np.where(z <= 2, far, 0))


def filter_data(cycles=300, members=50):
    coefficients = np.array([LORENZ.get(tuple(m), 0.0) for m in MONOMIALS]) + 0.01 * uniform(32, 18)
    observations = read("observations", -1, 40)[:cycles]
    noise = [uniform(seed, cycles, members, 40) for seed in (33, 34)]
    return coefficients, np.full(40, -2.0), read("members", 40, 40)[0] + uniform(35, members, 40), (observations, *noise)


def filter_gradient(tendency):
    localization = taper(5)

    def log_likelihood(parameters, ensemble, data):
        coefficients, log_deviations = parameters
        f = functools.partial(tendency, coefficients)
        deviations = jnp.exp(log_deviations)

        def cycle(ensemble, now):
            y, perturbations, errors = now
            forecast = jax.lax.scan(lambda x, _: (step(f, x, 0.01), None), ensemble, length=5)[0]
            background = forecast + deviations * errors
            mean = background.mean(0)
            anomalies = background - mean
            covariance = localization * (anomalies.T @ anomalies) / (len(ensemble) - 1)
            factor = jnp.linalg.cholesky(covariance + IDENTITY)
            white = triangular(factor, y - mean)
            value = -0.5 * jnp.sum(white**2) - jnp.sum(jnp.log(jnp.diag(factor)))
            weights = jax.scipy.linalg.cho_solve((factor, True), (y + perturbations - background).T)
            return background + weights.T @ covariance, value

        return jnp.sum(jax.lax.scan(cycle, ensemble, data)[1])

    def row():
        coefficients, log_deviations, ensemble, data = filter_data()

        def gradient(parameters, ensemble, data):
            value, slope = jax.value_and_grad(log_likelihood)(parameters, ensemble, data)
            return value, *slope

        return prepared(gradient, (coefficients, log_deviations), ensemble, data)

    return row


ROWS = {f"learning/gain/{form}": gain_step(form) for form in FORMS}
ROWS |= {"learning/filter/features": filter_gradient(features), "learning/filter/nested": filter_gradient(nested)}
