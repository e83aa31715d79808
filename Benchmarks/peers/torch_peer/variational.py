"""Strong-constraint 4D-Var of Lorenz-96 as in `jax_peer/variational.py`, eager."""
import torch

from shared import flat, uniform

EVALUATIONS = 100


def tendency(x):
    wide = torch.cat([x[-2:], x, x[:1]])  # one copy in place of three rolls
    n = x.shape[0]
    return (wide[3:] - wide[:n]) * wide[1 : n + 1] - x + 8.0


def step(x, h=0.05):
    k1 = tendency(x)
    k2 = tendency(torch.add(x, k1, alpha=h / 2))
    k3 = tendency(torch.add(x, k2, alpha=h / 2))
    k4 = tendency(torch.add(x, k3, alpha=h))
    return torch.add(x, k1 + 2 * (k2 + k3) + k4, alpha=h / 6)


def problem(steps):
    return [torch.from_numpy(2 + 3 * uniform(seed, *shape)) for seed, shape in ((1, (40,)), (2, (steps, 40)))]


def cost(background, observations, x):
    states = []
    state = x
    for _ in range(len(observations)):
        state = step(state)
        states.append(state)
    return 0.5 * ((x - background).square().sum() + (torch.stack(states) - observations).square().sum())


def costs(steps):
    def row():
        background, observations = problem(steps)

        @torch.inference_mode()
        def evaluations(count=EVALUATIONS):
            x = background + 0.5
            values = []
            for _ in range(count):
                values.append(cost(background, observations, x))
                x = x + 1e-9 * values[-1]
            return torch.stack(values)

        evaluations(2)
        return evaluations, lambda: flat(evaluations())

    return row


def value_and_gradient(background, observations, x):
    x = x.detach().requires_grad_()
    value = cost(background, observations, x)
    return value.detach(), torch.autograd.grad(value, x)[0]


def gradients(steps):
    def row():
        background, observations = problem(steps)

        def descent(count=EVALUATIONS):
            x = background + 0.5
            values = []
            for _ in range(count):
                value, slope = value_and_gradient(background, observations, x)
                values.append(value)
                x = x - 1e-7 * slope
            return x, torch.stack(values)

        descent(2)
        return descent, lambda: flat(*descent())

    return row


def called(steps):
    def row():
        background, observations = problem(steps)
        x = background + 0.5

        def run():
            for _ in range(EVALUATIONS):
                value_and_gradient(background, observations, x)

        return run, lambda: flat(*value_and_gradient(background, observations, x))

    return row


ROWS = {"variational/10/called": called(10)}
for steps in (10, 40):
    ROWS[f"variational/{steps}/cost"] = costs(steps)
    ROWS[f"variational/{steps}/gradient"] = gradients(steps)
