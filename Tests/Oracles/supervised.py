"""Reference numbers for the tests of Supervised, from scikit-learn.

Run as `python3 supervised.py > supervised.json`; needs NumPy and scikit-learn.
"""

import json
import pathlib

import numpy as np
from sklearn import gaussian_process, kernel_ridge, linear_model, metrics, neighbors
from sklearn.gaussian_process import kernels

random = np.random.default_rng(3)


def rounded(x):
    return np.asarray(x, dtype=float).ravel().tolist()


n, p = 80, 6
mixing = random.normal(size=(p, p))
x = random.normal(size=(n, p)) @ mixing
y = x @ np.array([1.5, 0, -2, 0, 0.3, 0]) + 0.5 * random.normal(size=n) + 4
new = random.normal(size=(20, p)) @ mixing
counts = random.poisson(np.exp(0.2 * x[:, 0] - 0.1 * x[:, 3] + 1))
sizes = random.gamma(3, np.exp(0.2 * x[:, 1] - 0.5)) + 1e-3


def linear():
    penalties = [1.0, 0.3, 0.1, 0.03, 0.01, 0.001]
    lasso = [linear_model.Lasso(alpha=a, tol=1e-14, max_iter=10**6).fit(x, y) for a in penalties]
    net = linear_model.ElasticNet(alpha=0.1, l1_ratio=0.4, tol=1e-14, max_iter=10**6).fit(x, y)
    ridge = linear_model.Ridge(alpha=0.05 * n).fit(x, y)
    poisson = linear_model.PoissonRegressor(alpha=0.02, tol=1e-12, solver="newton-cholesky").fit(x, counts)
    gamma = linear_model.GammaRegressor(alpha=0.02, tol=1e-12, solver="newton-cholesky").fit(x, sizes)

    def both(model):
        return rounded(np.append(model.coef_, model.intercept_))

    return {
        "x": rounded(x), "y": rounded(y), "new": rounded(new), "counts": rounded(counts), "sizes": rounded(sizes),
        "penalties": penalties, "lasso": [both(m) for m in lasso], "net": both(net), "ridge": both(ridge),
        "poisson": both(poisson), "gamma": both(gamma),
    }


def kernel_methods():
    length, penalty, noise, signal = 3.0, 0.2, 0.3, 9.0
    mean = y.mean()
    ridge = kernel_ridge.KernelRidge(alpha=penalty, kernel="rbf", gamma=0.5 / length**2).fit(x, y - mean)
    shapes = {
        "gaussian": kernels.RBF(length), "exponential": kernels.Matern(length, nu=0.5),
        "matern-3-2": kernels.Matern(length, nu=1.5), "matern-5-2": kernels.Matern(length, nu=2.5),
        "rational-quadratic": kernels.RationalQuadratic(length, alpha=1.0),
    }
    found = {}
    for name, shape in shapes.items():
        kernel = kernels.ConstantKernel(signal) * shape + kernels.WhiteKernel(noise)
        fit = gaussian_process.GaussianProcessRegressor(kernel, alpha=1e-10 * signal, optimizer=None).fit(x, y - mean)
        m, s = fit.predict(new, return_std=True)
        found[name] = {
            "mean": rounded(m + mean), "deviation": rounded(s), "likelihood": fit.log_marginal_likelihood_value_}
    kernel = kernels.ConstantKernel(signal, (1e-6, 1e9)) * kernels.RBF(length, (1e-3, 1e6)) + kernels.WhiteKernel(
        noise, (1e-9, 1e6))
    best = gaussian_process.GaussianProcessRegressor(kernel, alpha=1e-10, n_restarts_optimizer=3, random_state=1).fit(
        x, y - mean)
    near = neighbors.KNeighborsRegressor(4).fit(x, y)
    return {
        "length": length, "penalty": penalty, "noise": noise, "signal": signal,
        "ridge": rounded(ridge.predict(new) + mean), "processes": found,
        "best": best.log_marginal_likelihood_value_, "neighbors": rounded(near.predict(new)),
    }


def digits():
    file = pathlib.Path(__file__).parent / "../../Examples/Data/digits.csv"
    table = np.loadtxt(file, delimiter=",", skiprows=1)
    points, names = table[:, :64] / 16, table[:, 64].astype(int)
    penalty = 1e-3
    fit = linear_model.LogisticRegression(C=1 / (penalty * len(names)), solver="newton-cholesky", tol=1e-13, max_iter=1000)
    fit.fit(points, names)
    sums = points @ fit.coef_.T + fit.intercept_
    probabilities = np.exp(sums - sums.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    residuals = probabilities - np.eye(10)[names]
    slope = residuals.T @ points / len(names) + penalty * fit.coef_
    largest = max(np.abs(slope).max(), np.abs(residuals.mean(axis=0)).max())
    assert largest < 1e-10, largest
    two = names < 2
    pair = linear_model.LogisticRegression(C=1 / (0.01 * two.sum()), solver="newton-cholesky", tol=1e-13, max_iter=1000)
    pair.fit(points[two], names[two])
    return {
        "penalty": penalty, "coefficients": rounded(fit.coef_), "intercepts": rounded(fit.intercept_ - fit.intercept_.mean()),
        "gradient": largest, "pair": rounded(np.append(pair.coef_, pair.intercept_)),
    }


def scores():
    classes = random.integers(0, 3, size=50)
    sums = random.normal(size=(50, 3)) + 1.2 * np.eye(3)[classes]
    sums = np.round(sums, 1)  # so that some are equal
    probabilities = np.exp(sums)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    found = probabilities.argmax(axis=1)
    one_hot = np.eye(3)[classes]
    two, second = (classes > 0).astype(int), probabilities[:, 1] + probabilities[:, 2]
    confidence, hits = probabilities.max(axis=1), found == classes
    bins = np.minimum((confidence * 15).astype(int), 14)
    error = sum(
        (bins == b).mean() * abs(confidence[bins == b].mean() - hits[bins == b].mean()) for b in set(bins.tolist()))
    truth, forecast = random.normal(size=30), random.normal(size=30)
    return {
        "classes": classes.tolist(), "probabilities": rounded(probabilities), "second": rounded(second),
        "truth": rounded(truth), "forecast": rounded(forecast),
        "three": {
            "accuracy": metrics.accuracy_score(classes, found),
            "balanced-accuracy": metrics.balanced_accuracy_score(classes, found),
            "f1": metrics.f1_score(classes, found, average="macro"),
            "log-loss": metrics.log_loss(classes, probabilities),
            "brier": float(((probabilities - one_hot) ** 2).sum(axis=1).mean()),
            "roc-area": metrics.roc_auc_score(classes, probabilities, multi_class="ovr"),
            "precision-area": metrics.average_precision_score(one_hot, probabilities, average="macro"),
            "calibration-error": float(error),
        },
        "two": {
            "log-loss": metrics.log_loss(two, second), "brier": metrics.brier_score_loss(two, second),
            "roc-area": metrics.roc_auc_score(two, second),
            "precision-area": metrics.average_precision_score(two, second),
        },
        "numbers": {
            "mse": metrics.mean_squared_error(truth, forecast), "mae": metrics.mean_absolute_error(truth, forecast),
            "rmse": metrics.mean_squared_error(truth, forecast) ** 0.5, "r2": metrics.r2_score(truth, forecast),
        },
        "quantile": metrics.mean_pinball_loss(truth, forecast, alpha=0.3),
    }


print(json.dumps({"linear": linear(), "kernels": kernel_methods(), "digits": digits(), "scores": scores()}))
