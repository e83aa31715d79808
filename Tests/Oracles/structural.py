"""Log-likelihoods and estimates of structural time series, from plain loops over scalars and matrices.

    python structural.py > structural.json
"""
import json

import numpy as np


def system(period, harmonics, variances, partial):
    """Level, slope, harmonics, remainder with the given variances and partial autocorrelations."""
    p = len(partial)
    n = 2 + 2 * harmonics + p
    T, Q, z = np.zeros((n, n)), np.zeros(n), np.zeros(n)
    T[0, 0] = T[0, 1] = T[1, 1] = z[0] = 1
    Q[0], Q[1] = variances[1], variances[2]
    for h in range(harmonics):
        w, i = 2 * np.pi * (h + 1) / period, 2 + 2 * h
        T[i : i + 2, i : i + 2] = [[np.cos(w), np.sin(w)], [-np.sin(w), np.cos(w)]]
        Q[i : i + 2], z[i] = variances[3 + h], 1
    phi = np.zeros(0)
    for r in partial:
        phi = np.append(phi - r * phi[::-1], r)
    if p:
        f = n - p
        T[f, f:], Q[f], z[f] = phi, variances[-1], 1
        T[range(f + 1, n), range(f, n - 1)] = 1
    return T, np.diag(Q), z, variances[0], phi


def start(T, Q, p, size):
    n = len(T)
    P = np.diag([1e4 * size**2] * n)
    if p:
        f = n - p
        P[f:, f:] = 0
        for _ in range(20000):  # the stationary covariance by iteration
            P[f:, f:] = T[f:, f:] @ P[f:, f:] @ T[f:, f:].T + Q[f:, f:]
    return np.zeros(n), P


def kalman(y, T, Q, z, r, m, P):
    ll, ms, Ps = 0.0, [], []
    for v in y:
        if not np.isnan(v):
            F = z @ P @ z + r
            K = P @ z / F
            ll -= 0.5 * (np.log(2 * np.pi * F) + (v - z @ m) ** 2 / F)
            m, P = m + K * (v - z @ m), P - np.outer(K, K) * F
        ms.append(m), Ps.append(P)
        m, P = T @ m, T @ P @ T.T + Q
    return ll, ms, Ps


def main():
    t = np.arange(120)
    y = 300 + 0.1 * t + 3 * np.cos(2 * np.pi * t / 12.5) + np.cos(2 * np.pi * t / 6.25 + 1) + 0.3 * np.sin(37 * t**1.5)
    y = np.round(y, 6)
    y[40:52] = np.nan
    cases = []
    centre, size = np.nanmean(y), np.nanstd(y)
    for harmonics, variances, partial in [
        (1, [0.05, 0.02, 1e-4, 1e-3], []),
        (2, [0.05, 0.02, 1e-4, 1e-3, 2e-3, 0.04], [0.6]),
        (2, [0.01, 0.03, 1e-5, 1e-3, 1e-4, 0.05], [0.5, -0.3, 0.2]),
    ]:
        T, Q, z, r, phi = system(12.5, harmonics, variances, partial)
        m, P = start(T, Q, len(partial), size)
        ll, ms, Ps = kalman(y - centre, T, Q, z, r, m, P)
        forecasts = []
        for lead in [0, 1, 7]:
            m, P = ms[70], Ps[70]
            for _ in range(lead):
                m, P = T @ m, T @ P @ T.T + Q
            forecasts.append([lead, centre + z @ m, float(np.sqrt(z @ P @ z + r))])
        cases.append(
            dict(harmonics=harmonics, variances=variances, partial=partial, coefficients=list(phi), loglik=ll, forecasts=forecasts)
        )
    values = [None if np.isnan(v) else v for v in y]
    print(json.dumps(dict(period=12.5, values=values, cases=cases), indent=1))


main()
