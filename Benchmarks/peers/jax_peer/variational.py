"""Strong-constraint 4D-Var of Lorenz-96: `J(x) = ½ |x − b|² + ½ Σ |x_k − y_k|²`, all variables observed at every step.

"In one graph" means that a hundred evaluations stand in one compiled program, so that no call from Python is timed; each
depends on the one before, so that none can be left out. The window is a `scan`: unrolling it, by two or altogether, was
slower. Two forms of the tendency: with `roll`, and with slices of a wider state.
"""
import functools

import jax
import jax.numpy as jnp

from shared import flat, uniform

from . import prepared
from .lorenz96 import step, tendency, tendency_members_last

EVALUATIONS = 100
FORMS = {"roll": tendency, "slices": tendency_members_last}


def problem(steps):
    return 2 + 3 * uniform(1, 40), 2 + 3 * uniform(2, steps, 40)


def cost(background, observations, f, x):
    def one(x, y):
        x = step(f, x)
        return x, jnp.sum((x - y) ** 2)

    _, misfits = jax.lax.scan(one, x, observations)
    return 0.5 * (jnp.sum((x - background) ** 2) + jnp.sum(misfits))


def costs(steps, form):
    def row():
        background, observations = problem(steps)
        J = functools.partial(cost, background, observations, FORMS[form])

        def evaluations(x):
            def one(x, _):
                value = J(x)
                return x + 1e-9 * value, value

            return jax.lax.scan(one, x, length=EVALUATIONS)[1]

        return prepared(evaluations, background + 0.5)

    return row


def gradients(steps, form):
    def row():
        background, observations = problem(steps)
        J = jax.value_and_grad(functools.partial(cost, background, observations, FORMS[form]))

        def descent(x):
            def one(x, _):
                value, slope = J(x)
                return x - 1e-7 * slope, value

            return jax.lax.scan(one, x, length=EVALUATIONS)

        return prepared(descent, background + 0.5)

    return row


def called(steps, form):
    """The same descent with a call from Python for each evaluation."""

    def row():
        background, observations = problem(steps)
        J = jax.jit(jax.value_and_grad(functools.partial(cost, background, observations, FORMS[form])))
        x = jnp.asarray(background + 0.5)

        def run():
            for _ in range(EVALUATIONS):
                jax.block_until_ready(J(x))

        run()
        return run, lambda: flat(*J(x))

    return row


ROWS = {}
for form in FORMS:
    for steps in (10, 40):
        ROWS[f"variational/{steps}/cost/{form}"] = costs(steps, form)
        ROWS[f"variational/{steps}/gradient/{form}"] = gradients(steps, form)
    ROWS[f"variational/10/called/{form}"] = called(10, form)
