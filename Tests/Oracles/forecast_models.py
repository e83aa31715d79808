"""Random features, reservoirs and Gaussian processes, from plain loops and general-purpose minimisers.

    python forecast_models.py > forecast_models.json
"""
import json

import numpy as np
from scipy.optimize import minimize


def wave(*shape, speed):
    """Numbers without a pattern that matters, the same everywhere."""
    return np.round(np.sin(speed * np.arange(1, np.prod(shape) + 1) ** 1.3).reshape(shape), 6)


def ridge(features, targets, penalty):
    """Weights and intercept of the least mean squared error plus penalty times squared weights, by one long least squares."""
    n, p = features.shape
    root = np.sqrt(penalty * n)
    rows = np.vstack([np.hstack([features, np.ones((n, 1))]), np.hstack([root * np.eye(p), np.zeros((p, 1))])])
    right = np.vstack([targets, np.zeros((p, targets.shape[1]))])
    found = np.linalg.lstsq(rows, right, rcond=None)[0]
    return found[:-1], found[-1]


def near(x, reach):
    """What is seen at every place of a periodic line: [places, 2 reach + 1]."""
    n = len(x)
    return np.array([[x[(i + o) % n] for o in range(-reach, reach + 1)] for i in range(n)])


def random_features(reach):
    states, targets = wave(12, 5, speed=0.7), wave(12, 5, speed=1.1)
    seen = [near(x, reach) if reach is not None else x[None] for x in states]
    inputs, penalty = seen[0].shape[1], 1e-3
    A, a = wave(inputs, 4, speed=0.3), wave(4, speed=2.3)
    features = lambda z: np.hstack([z, np.tanh(z @ A + a)])
    rows = np.vstack([features(z) for z in seen])
    right = targets.reshape(-1, 1) if reach is not None else targets
    W, b = ridge(rows, right, penalty)
    said = [(features(z) @ W + b).reshape(5) for z in seen[:2]]
    return dict(
        reach=reach, states=states.tolist(), targets=targets.tolist(), frequencies=A.tolist(), phases=a.tolist(),
        ridge=penalty, said=np.array(said).tolist())


def reservoir():
    x = wave(14, 3, speed=0.9)
    W, A, a, leak, penalty, warm = wave(4, 4, speed=0.4), wave(3, 4, speed=1.7), wave(4, speed=0.2), 0.7, 1e-3, 3
    r, rows = np.zeros(4), []
    for t in range(13):
        r = (1 - leak) * r + leak * np.tanh(r @ W + x[t] @ A + a)
        rows.append(np.concatenate([x[t], r]))
    C, b = ridge(np.array(rows)[warm:], (x[1:] - x[:-1])[warm:], penalty)
    state, path = np.concatenate([x[13], r]), []
    for _ in range(3):
        now = state[:3]
        r = (1 - leak) * state[3:] + leak * np.tanh(state[3:] @ W + now @ A + a)
        state = np.concatenate([now + np.concatenate([now, r]) @ C + b, r])
        path.append(state.tolist())
    return dict(
        trajectory=x.tolist(), recurrent=W.tolist(), input=A.tolist(), bias=a.tolist(), leak=leak, ridge=penalty,
        warmUp=warm, radius=float(max(abs(np.linalg.eigvals(W)))), forecast=path)


def gaussian_process():
    Z = 2 * wave(15, 2, speed=0.6)
    Y = np.stack([np.sin(Z[:, 0]) + 0.1 * wave(15, speed=3.1), Z[:, 0] * Z[:, 1] + 0.1 * wave(15, speed=1.3)], axis=1)
    x = np.array([0.3, -0.4])

    def kernel(a, b, lengths):
        return np.array([[np.exp(-0.5 * sum(((p - q) / lengths) ** 2)) for q in b] for p in a])

    def likelihood(parameters):
        lengths, noise = np.exp(parameters[:2]), np.exp(parameters[2])
        K = kernel(Z, Z, lengths) + (noise + 1e-10) * np.eye(len(Z))
        total = 0
        for y in (Y - Y.mean(0)).T:
            s2 = y @ np.linalg.solve(K, y) / len(y)
            total += -0.5 * y @ np.linalg.solve(s2 * K, y) - 0.5 * np.linalg.slogdet(2 * np.pi * s2 * K)[1]
        return total

    def prediction(parameters):
        lengths, noise = np.exp(parameters[:2]), np.exp(parameters[2])
        K, k = kernel(Z, Z, lengths) + (noise + 1e-10) * np.eye(len(Z)), kernel(x[None], Z, lengths)[0]
        mean, variance = [], []
        for y, c in zip((Y - Y.mean(0)).T, Y.mean(0)):
            s2 = y @ np.linalg.solve(K, y) / len(y)
            mean.append(float(c + k @ np.linalg.solve(K, y)))
            variance.append(float(s2 * (1 + noise - k @ np.linalg.solve(K, k))))
        return dict(mean=mean, variance=variance)

    start = np.log([1.0, 1.5, 0.05])
    best = minimize(lambda p: -likelihood(p), start, method="BFGS", options=dict(gtol=1e-8))
    return dict(
        points=Z.tolist(), values=Y.tolist(), state=x.tolist(), start=start.tolist(), likelihood=likelihood(start),
        prediction=prediction(start), best=best.x.tolist(), bestLikelihood=-best.fun)


if __name__ == "__main__":
    found = dict(
        features=[random_features(None), random_features(1)], reservoir=reservoir(), process=gaussian_process())
    print(json.dumps(found, indent=1))
