"""Random linear Gaussian systems with gaps, and their dense solutions in 60 digits: exact diffuse likelihoods and
smoothed states.

    python state_space.py > state_space.json
"""
import json

import mpmath as mp
import numpy as np

mp.mp.dps = 60
rng = np.random.default_rng(20)


def rounded(a):
    return np.round(a, 3)


def mat(a):
    return mp.matrix(np.atleast_2d(np.asarray(a, float)).tolist())


def covariance(n, rank=None):
    root = rounded(rng.normal(size=(n, rank or n)))
    return np.round(root @ root.T, 6)


def stack(A, Q, H, R, P0, T):
    """x[0..T-1] = F (x0, w) with covariances; y = G x + v: the dense matrices, in mpmath."""
    n, m = len(A), len(H)
    A, Q, H, R, P0 = map(mat, (A, Q, H, R, P0))
    states = mp.zeros(n * T, n)
    cov = mp.zeros(n * T, n * T)
    power = mp.eye(n)
    blocks = []
    for t in range(T):
        for i in range(n):
            for j in range(n):
                states[t * n + i, j] = power[i, j]
        blocks.append(power)
        power = A * power
    P = [P0]
    for t in range(1, T):
        P.append(A * P[-1] * A.T + Q)
    for t in range(T):
        for s in range(t, T):
            c = P[t] * blocks[s - t].T
            for i in range(n):
                for j in range(n):
                    cov[t * n + i, s * n + j] = c[i, j]
                    cov[s * n + j, t * n + i] = c[i, j]
    G = mp.zeros(m * T, n * T)
    V = mp.zeros(m * T, m * T)
    for t in range(T):
        for i in range(m):
            for j in range(n):
                G[t * m + i, t * n + j] = H[i, j]
            for j in range(m):
                V[t * m + i, t * m + j] = R[i, j]
    return states, cov, G, V


def take(a, rows, columns=None):
    columns = range(a.cols) if columns is None else columns
    return mp.matrix([[a[i, j] for j in columns] for i in rows])


def logdet(a):
    return mp.log(mp.det(a))


def diffuse_case(n, d, m, T, units, gaps, A=None):
    """A start of which d directions are unknown; units multiply states and observations."""
    A = rounded(rng.normal(size=(n, n)) * 0.6) if A is None else np.asarray(A, float)
    D = np.diag([1.0] * d + [0.0] * (n - d))
    P0 = np.diag([0.0] * d + [0.7] * (n - d))
    s, o = np.diag(units[0][:n]), np.diag(units[1][:m])
    inv = np.diag(1 / np.diag(s))
    A, Q, H, R = s @ A @ inv, s @ covariance(n) @ s, o @ rounded(rng.normal(size=(m, n))) @ inv, o @ covariance(m) @ o
    D, P0 = s @ D @ s, s @ P0 @ s
    y = rounded(rng.normal(size=(T, m))) @ o
    there = rng.uniform(size=(T, m)) >= gaps
    states, cov, G, V = stack(A, Q, H, R, P0, T)
    rows = [t * m + i for t in range(T) for i in range(m) if there[t, i]]
    root = mat(np.sqrt(D))
    X = take(G * states * root, rows, range(d))
    S = take(G * cov * G.T + V, rows, rows)
    values = mp.matrix([float(y[r // m, r % m]) for r in rows])
    Si = S ** -1
    M = X.T * Si * X
    b = M ** -1 * (X.T * Si * values)
    e = values - X * b
    loglik = -(len(rows) * mp.log(2 * mp.pi) + logdet(S) + logdet(M) + (e.T * Si * e)[0]) / 2
    return dict(matrix=A.tolist(), modelError=Q.tolist(), seen=H.tolist(), errors=R.tolist(), start=P0.tolist(),
                unknown=D.tolist(), values=[[float(v) if k else None for v, k in zip(a, b)] for a, b in zip(y, there)], loglik=float(loglik))


def smoother_case(n, m, T, A, Q, P0, R=None, gaps=0.3):
    H = rounded(rng.normal(size=(m, n)))
    R = covariance(m) if R is None else R
    y = rounded(rng.normal(size=(T, m)))
    there = rng.uniform(size=(T, m)) >= gaps
    _, cov, G, V = stack(A, Q, H, R, P0, T)
    rows = [t * m + i for t in range(T) for i in range(m) if there[t, i]]
    S = take(G * cov * G.T + V, rows, rows)
    C = take(cov * G.T, range(n * T), rows)
    K = C * S ** -1
    values = mp.matrix([float(y[r // m, r % m]) for r in rows])
    mean, post = K * values, cov - K * C.T
    return dict(matrix=np.asarray(A, float).tolist(), modelError=np.asarray(Q, float).tolist(), seen=H.tolist(),
                errors=R.tolist(), start=np.asarray(P0, float).tolist(),
                values=[[float(v) if k else None for v, k in zip(a, b)] for a, b in zip(y, there)],
                mean=[[float(mean[t * n + i]) for i in range(n)] for t in range(T)],
                variance=[[float(post[t * n + i, t * n + i]) for i in range(n)] for t in range(T)])


one = [1.0] * 4
units = [(one, one), ([1e-7, 1e5, 1, 1e3], [1e4, 1e-6, 1, 1]), (one, [1e-7, 1e-7, 1e-7]), ([1e8, 1e8, 1e8, 1e8], one)]
diffuse = []
for unit in units:
    diffuse += [
        diffuse_case(1, 1, 2, 4, unit, 0), diffuse_case(2, 2, 2, 6, unit, 0.3), diffuse_case(3, 2, 3, 6, unit, 0.4),
        diffuse_case(3, 3, 1, 8, unit, 0.2), diffuse_case(2, 2, 3, 5, unit, 0.5),
        diffuse_case(2, 2, 1, 8, unit, 0.3, A=[[1, 1], [0, 1]]),
    ]
c, s = np.cos(0.4), np.sin(0.4)
smoother = [
    # A forecast without error, of states that are known exactly in part.
    smoother_case(2, 1, 8, [[1, 1], [0, 1]], np.zeros((2, 2)), np.diag([1.0, 0.0])),
    smoother_case(2, 2, 8, [[c, s], [-s, c]], np.zeros((2, 2)), np.zeros((2, 2))),
    # Lags in the state, of which the last is forgotten.
    smoother_case(3, 1, 10, [[0.6, 0.2, 0.1], [1, 0, 0], [0, 1, 0]], np.diag([0.5, 0, 0]), np.diag([1.0, 0, 0])),
    # A matrix of low rank, model error of low rank.
    smoother_case(3, 2, 8, [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 0]], covariance(3, 1), covariance(3, 2)),
    smoother_case(4, 2, 9, rounded(rng.normal(size=(4, 4)) * 0.5), np.zeros((4, 4)), covariance(4, 2)),
    # Nothing singular.
    smoother_case(3, 2, 9, rounded(rng.normal(size=(3, 3)) * 0.5), covariance(3), covariance(3)),
]
print(json.dumps(dict(diffuse=diffuse, smoother=smoother)))
