"""Reference values of every operation, by NumPy and SciPy: writes operations.json beside itself.

Each record holds the name of an operation, its operands (element type, shape, values in row-major order), its
whole-number arguments, and the results. Derivatives of matrix functions are by complex steps or by extrapolated
differences in extended form, independent of the rules under test.
"""

import json
import pathlib

import numpy as np
import scipy.linalg
import scipy.signal
import scipy.special

random = np.random.default_rng(20240229)
records = []


def number(x):
    x = float(x)
    if np.isnan(x):
        return "nan"
    return ("inf" if x > 0 else "-inf") if np.isinf(x) else x


def array(x):
    x = np.asarray(x)
    kinds = {"f8": "float64", "f4": "float32", "i8": "int64", "b1": "bool"}
    return {
        "type": kinds[x.dtype.str[1:]],
        "shape": list(x.shape),
        "values": [int(v) if x.dtype == np.int64 else number(v) for v in x.ravel()],
    }


def record(operation, operands, results, arguments=(), tolerance=1e-14):
    results = results if isinstance(results, (list, tuple)) else [results]
    records.append(
        {
            "operation": operation,
            "operands": [array(x) for x in operands],
            "arguments": [int(a) for a in arguments],
            "results": [array(x) for x in results],
            "tolerance": tolerance,
        }
    )


def elementwise():
    special = np.array([0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-12, -1e-12, 30.0, -30.0])
    broad = np.concatenate([special, random.normal(size=20) * 3, [np.inf, -np.inf, np.nan]])
    positive = np.concatenate([[0.0, 1e-300, 1e-12, 1.0, 1e12, np.inf, np.nan], random.gamma(1.0, size=12)])
    above = np.concatenate([[-1.0, -0.999, -1e-14, 0.0, 1e-14, 3.0, np.inf], random.normal(size=5) ** 2])
    real = {
        "negative": np.negative, "absolute": np.abs, "sign": np.sign, "floor": np.floor, "ceiling": np.ceil,
        "rounded": np.rint, "exp": np.exp, "expMinusOne": np.expm1, "tanh": np.tanh, "erf": scipy.special.erf,
        "logistic": scipy.special.expit, "reciprocal": lambda x: 1 / x,
        "softplus": lambda x: np.logaddexp(x, 0),
    }
    for name, f in real.items():
        record(name, [broad], f(broad), tolerance=1e-15 * 4)
    for name, f in {"sin": np.sin, "cos": np.cos}.items():
        record(name, [broad[:-3]], f(broad[:-3]), tolerance=1e-15 * 4)
    for name, f in {"log": np.log, "sqrt": np.sqrt}.items():
        record(name, [positive], f(positive))
    record("logOnePlus", [above], np.log1p(above))
    record("logicalNot", [np.array([True, False])], np.array([False, True]))
    x32 = broad[:-3].astype(np.float32)
    for name in ["exp", "tanh", "floor", "erf", "logistic"]:
        record(name, [x32], real[name](x32).astype(np.float32), tolerance=4e-7)

    a, b = random.normal(size=(2, 1, 3)), random.normal(size=(4, 1))
    binary = {
        "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
        "maximum": np.maximum, "minimum": np.minimum,
    }
    for name, f in binary.items():
        record(name, [a, b], f(a, b))
        record(name, [a.astype(np.float32), b.astype(np.float32)], f(a.astype(np.float32), b.astype(np.float32)),
               tolerance=2e-7)
    i, j = np.array([[7], [-7], [0], [9007199254740993]]), np.array([2, -3, 1])
    for name, f in {**binary, "divide": np.floor_divide}.items():
        record(name, [i, j], f(i, j), tolerance=0)
    extreme = np.array([np.nan, 1.0, np.inf, -np.inf, 0.0])
    for name in ["maximum", "minimum", "add", "multiply"]:
        record(name, [extreme[:, None], extreme], binary[name](extreme[:, None], extreme))
    base, exponent = np.array([0.0, 0.5, 2.0, 10.0, -2.0])[:, None], np.array([0.0, 0.5, 1.0, 2.0, 3.0, -2.0, -0.5])
    record("power", [base, exponent], np.power(base, exponent))
    record("power", [np.array([[2], [-3], [7]]), np.array([0, 1, 5, 20])],
           np.power(np.array([[2], [-3], [7]]), np.array([0, 1, 5, 20])), tolerance=0)

    comparisons = {
        "less": np.less, "lessOrEqual": np.less_equal, "equal": np.equal, "notEqual": np.not_equal,
        "greater": np.greater, "greaterOrEqual": np.greater_equal,
    }
    for name, f in comparisons.items():
        record(name, [extreme[:, None], extreme], f(extreme[:, None], extreme))
        record(name, [i, j], f(i, j))
    condition = np.array([[True], [False]])
    record("select", [condition, np.arange(3.0), np.array(-1.0)], np.where(condition, np.arange(3.0), -1.0))
    x = np.array([2.7, -2.7, 0.0, 3.0])
    for name, kind in {"castInt64": np.int64, "castBool": bool, "castFloat32": np.float32}.items():
        record(name, [x], x.astype(kind))


def reductions():
    x = random.normal(size=(3, 4, 2))
    for axes in [(0,), (1,), (2,), (0, 2), (0, 1, 2)]:
        record("sum", [x], x.sum(axis=axes), axes)
        record("maximumOver", [x], x.max(axis=axes), axes)
        record("minimumOver", [x], x.min(axis=axes), axes)
        record("mean", [x], x.mean(axis=axes), axes)
        record("variance", [x], x.var(axis=axes), axes)
    empty = np.zeros((2, 0, 3))
    record("maximumOver", [empty], empty.max(axis=0), [0])
    record("sum", [empty], empty.sum(axis=1), [1])
    holes = np.array([[1.0, np.nan, 3.0], [2.0, 0.0, np.nan]])
    record("maximumOver", [holes], holes.max(axis=1), [1])
    record("minimumOver", [holes], holes.min(axis=0), [0])
    record("argmax", [holes], holes.argmax(axis=1), [1])
    ties = np.array([[3, 1, 3], [2, 2, 1]])
    for axis in [0, 1]:
        record("argmax", [ties], ties.argmax(axis=axis), [axis])
        record("argsort", [ties], ties.argsort(axis=axis, kind="stable"), [axis])
        record("argsort", [holes], holes.argsort(axis=axis, kind="stable"), [axis])
    for axis in [0, 1, 2]:
        record("cumulativeSum", [x], x.cumsum(axis=axis), [axis])
        record("cumulativeSumReversed", [x], np.flip(np.flip(x, axis).cumsum(axis=axis), axis), [axis])
        record("logSumExp", [700 * x], scipy.special.logsumexp(700 * x, axis=axis), [axis])
    infinite = np.array([[-np.inf, -np.inf], [np.inf, 1.0], [0.0, -np.inf]])
    record("logSumExp", [infinite], scipy.special.logsumexp(infinite, axis=1), [1])


def shapes():
    x = random.normal(size=(2, 3, 4))
    record("broadcast", [x[:, :1]], np.broadcast_to(x[:, :1], (5, 2, 3, 4)), [5, 2, 3, 4])
    record("reshape", [x], x.reshape(4, 6), [4, 6])
    record("transpose", [x], x.transpose(2, 0, 1), [2, 0, 1])
    record("slice", [x], x[:, :, 1:4:2], [2, 1, 4, 2])
    record("slice", [x], x[:, 2:2], [1, 2, 2, 1])
    record("pad", [x], np.pad(x, ((0, 0), (2, 1), (0, 0))), [1, 2, 1])
    spread = np.zeros((2, 3, 1 + 10 + 2))
    spread[:, :, 1:11:3] = x
    record("padBetween", [x], spread, [2, 1, 2, 2])
    record("concatenate", [x, x[:, :1], x[:, :0]], np.concatenate([x, x[:, :1], x[:, :0]], axis=1), [1])
    for shift, axis in [(1, 0), (-2, 2), (7, 1), (0, 1)]:
        record("roll", [x], np.roll(x, shift, axis), [shift, axis])
    indices = random.integers(0, 3, size=(2, 5, 4))
    record("gather", [x, indices], np.take_along_axis(x, indices, 1), [1])
    updates, target = random.normal(size=(2, 5, 4)), np.zeros((2, 3, 4))
    for place in np.ndindex(2, 5, 4):
        target[place[0], indices[place], place[2]] += updates[place]
    record("scatterAdd", [updates, indices], target, [1, 3])


def symmetric(n, *lead):
    a = random.normal(size=(*lead, n, n))
    return a @ a.swapaxes(-1, -2) + np.eye(n) * 0.5


def complex_step(f, a, da, h=1e-30):
    return f(a + 1j * h * da).imag / h


def matrix_cholesky(a):
    """The textbook recurrence, without conjugation, so that complex steps go through."""
    n = a.shape[-1]
    l = np.zeros_like(a)
    for j in range(n):
        l[j, j] = np.sqrt(a[j, j] - (l[j, :j] ** 2).sum())
        for i in range(j + 1, n):
            l[i, j] = (a[i, j] - (l[i, :j] * l[j, :j]).sum()) / l[j, j]
    return l


def log_determinant(a):
    return 2 * np.log(np.diagonal(matrix_cholesky(a))).sum()


def differences(f, a, da, h=1e-3):
    central = [(f(a + s * da) - f(a - s * da)) / (2 * s) for s in (h, h / 2, h / 4)]
    first = [(4 * central[1] - central[0]) / 3, (4 * central[2] - central[1]) / 3]
    return (16 * first[1] - first[0]) / 15


def linear_algebra():
    a, b = random.normal(size=(2, 1, 3, 4)), random.normal(size=(5, 4, 2))
    record("matrixProduct", [a, b], a @ b, tolerance=1e-13)
    record("matrixProduct", [a.astype(np.float32), b.astype(np.float32)], (a @ b).astype(np.float32), tolerance=1e-6)
    record("matrixProduct", [np.zeros((2, 0)), np.zeros((0, 3))], np.zeros((2, 3)))
    s, right = symmetric(5, 3), random.normal(size=(3, 5, 2))
    factor = np.linalg.cholesky(s)
    record("cholesky", [s], factor, tolerance=1e-13)
    record("cholesky", [np.array([[1.0, 2.0], [2.0, 1.0]])], np.full((2, 2), np.nan))
    for name, transposed in [("triangularSolve", False), ("triangularSolveTransposed", True)]:
        solved = [scipy.linalg.solve_triangular(l, r, lower=True, trans=int(transposed)) for l, r in zip(factor, right)]
        record(name, [factor, right], np.array(solved), tolerance=1e-12)
    general = random.normal(size=(3, 5, 5))
    record("solve", [general, right], np.linalg.solve(general, right), tolerance=1e-11)
    record("solve", [np.ones((2, 2)), np.ones((2, 1))], np.full((2, 1), np.nan))
    values, vectors = np.linalg.eigh(s)
    record("symmetricEigenvalues", [s], values, tolerance=1e-13)
    projections = np.einsum("bik,bjk->bkij", vectors, vectors)
    record("symmetricEigenprojections", [s], projections, tolerance=1e-11)
    root = np.array([scipy.linalg.sqrtm(m).real for m in s])
    record("sqrtm", [s], root, tolerance=1e-12)
    record("inverseSqrtm", [s], np.linalg.inv(root), tolerance=1e-10)
    record("logDeterminant", [s], np.linalg.slogdet(s)[1], tolerance=1e-13)

    m = s[0]
    dm = random.normal(size=(5, 5))
    dm = dm + dm.T
    record("choleskyTangent", [m, dm], complex_step(matrix_cholesky, m, dm), tolerance=1e-11)
    record("logDeterminantTangent", [m, dm], complex_step(log_determinant, m, dm), tolerance=1e-12)
    record("eigenvaluesTangent", [m, dm], differences(np.linalg.eigvalsh, m, dm), tolerance=1e-8)

    def sign_fixed(x):
        v = np.linalg.eigh(x)[1]
        return v * np.sign((v * np.linalg.eigh(m)[1]).sum(axis=0))

    # The projections vv' do not depend on the signs of the vectors.
    def projected(x):
        v = sign_fixed(x)
        return np.einsum("ik,jk->kij", v, v)

    record("eigenprojectionsTangent", [m, dm], differences(projected, m, dm), tolerance=1e-8)
    # The root by Sylvester's equation R dR + dR R = dA.
    root_m = scipy.linalg.sqrtm(m).real
    record("rootTangent", [m, dm], scipy.linalg.solve_sylvester(root_m, root_m, dm), tolerance=1e-10)
    record("symmetricSylvester", [m, general[0]], scipy.linalg.solve_sylvester(m, m, general[0]), tolerance=1e-11)
    twice = np.eye(5) * 2.0
    record("rootTangent", [twice, dm], dm / (2 * np.sqrt(2.0)), tolerance=1e-12)


def elementary():
    broad = np.concatenate([
        [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1e-12, -1e-12, 1e-5, 30.0, -30.0], random.normal(size=20) * 3,
        [np.inf, -np.inf, np.nan],
    ])
    unit = np.concatenate([[0.0, 1.0, -1.0, 0.5, -0.5, 1e-12, 0.999999, -0.999999, 2.0], random.uniform(-1, 1, 12)])
    wide = np.concatenate([broad, [1e10, -1e10, 1e200, -1e200]])
    above = np.concatenate([[1.0, 1 + 1e-12, 1.5, 1e10, 1e200, np.inf, 0.5, -3.0], 1 + random.gamma(1.0, size=8)])
    everywhere = {
        "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "silu": lambda x: x * scipy.special.expit(x),
        "geluByTanh": lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
        "gelu": lambda x: 0.5 * x * (1 + scipy.special.erf(x / np.sqrt(2))), "isNaN": np.isnan, "isFinite": np.isfinite,
    }
    for name, f in everywhere.items():
        x = broad[None] if "gelu" in name else broad  # the tail of gelu is exact relative to the whole only
        record(name, [x], f(x), tolerance=4e-15)
    record("tan", [broad[:-3]], np.tan(broad[:-3]), tolerance=4e-15)
    for name, f in {"asin": np.arcsin, "acos": np.arccos, "atanh": np.arctanh}.items():
        record(name, [unit], f(unit), tolerance=4e-15)
    record("asinh", [wide], np.arcsinh(wide), tolerance=4e-15)
    record("acosh", [above], np.arccosh(above), tolerance=4e-15)
    positive = np.concatenate([[0.0, 1e-300, 1.0, 8.0, 1000.0, np.inf, np.nan, -1.0], random.gamma(1.0, size=12)])
    record("log2", [positive], np.log2(positive), tolerance=4e-15)
    record("log10", [positive], np.log10(positive), tolerance=4e-15)
    single = broad[:-3].astype(np.float32)
    for name, f in {"sinh": np.sinh, "asinh": np.arcsinh, "silu": everywhere["silu"], "atan": np.arctan}.items():
        record(name, [single], f(single.astype(np.float64)).astype(np.float32), tolerance=1e-6)

    a = np.array([7.0, -7.0, 1.0, -1.0, 0.0, -0.0, 5.5, 1e-20, -1e-20, np.inf, np.nan])[:, None]
    b = np.array([3.0, -3.0, 0.1, np.inf, 0.0, 2.5])
    record("remainder", [a, b], np.remainder(a, b))
    record("remainder", [a.astype(np.float32), b.astype(np.float32)],
           np.remainder(a.astype(np.float32), b.astype(np.float32)), tolerance=2e-7)
    i, j = np.array([[7], [-7], [0], [9007199254740993]]), np.array([2, -3, 1])
    record("remainder", [i, j], np.remainder(i, j), tolerance=0)
    x = np.array([0.0, -0.0, 1.0, -2.0, 1e-300, np.inf, -np.inf, np.nan])
    record("atan2", [x[:, None], x], np.arctan2(x[:, None], x))
    p, q = np.array([[True], [False]]), np.array([True, False])
    record("and", [p, q], p & q)
    record("or", [p, q], p | q)
    record("exclusiveOr", [p, q], p ^ q)

    y = random.normal(size=(3, 4, 2))
    y[1, 2, 0] = 0
    for axes in [(0,), (1,), (0, 2), (0, 1, 2)]:
        record("product", [y], y.prod(axis=axes), axes)
        record("logSumExp", [y], scipy.special.logsumexp(y, axis=axes), axes)
        record("any", [y > 1], (y > 1).any(axis=axes), axes)
        record("all", [y > -1], (y > -1).all(axis=axes), axes)
    empty = np.zeros((2, 0, 3))
    record("product", [empty], empty.prod(axis=1), [1])
    record("any", [empty > 0], (empty > 0).any(axis=1), [1])
    record("all", [empty > 0], (empty > 0).all(axis=1), [1])
    record("mean", [empty], empty.mean(axis=1), [1])
    record("variance", [empty], empty.var(axis=1), [1])
    record("product", [np.arange(1, 21)], np.arange(1, 21).prod(axis=0), [0], tolerance=0)
    infinite = np.array([[-np.inf, -np.inf], [np.inf, 1.0], [np.inf, np.inf], [np.inf, -np.inf], [np.nan, 1.0]])
    record("logSumExp", [infinite], np.logaddexp.reduce(infinite, axis=1), [1])
    holes = np.array([[1.0, np.nan, 3.0], [2.0, 0.0, np.nan], [2.0, 0.0, 0.0]])
    for axis in [0, 1]:
        record("smallestIndex", [holes], holes.argmin(axis=axis), [axis])


def convolved(x, kernel, padding, groups, strides, dilations):
    """By the definition, place by place."""
    space = x.ndim - 2
    spans = [(k - 1) * d for k, d in zip(kernel.shape[2:], dilations)]
    if padding != "valid":
        widths = [(0, 0), (0, 0)] + [(s // 2, s - s // 2) for s in spans]
        x = np.pad(x, widths, mode="constant" if padding == "zero" else "wrap")
    places = [(n - s - 1) // t + 1 for n, s, t in zip(x.shape[2:], spans, strides)]
    y = np.zeros((x.shape[0], kernel.shape[0], *places))
    per_group, outputs = kernel.shape[1], kernel.shape[0] // groups
    for o in range(kernel.shape[0]):
        channels = slice(o // outputs * per_group, (o // outputs + 1) * per_group)
        for place in np.ndindex(*places):
            seen = tuple(
                slice(p * t, p * t + s + 1, d) for p, t, s, d in zip(place, strides, spans, dilations))
            y[(slice(None), o, *place)] = (x[(slice(None), channels, *seen)] * kernel[o]).reshape(len(x), -1).sum(1)
    return y


def windows():
    x = random.normal(size=(2, 9, 3))
    for size, stride, dilation in [(3, 1, 1), (2, 3, 1), (3, 2, 3), (9, 1, 1)]:
        seen = np.lib.stride_tricks.sliding_window_view(x, (size - 1) * dilation + 1, axis=1)
        record("unfold", [x], seen[:, ::stride, :, ::dilation], [1, size, stride, dilation])
    kinds = ["valid", "zero", "periodic"]
    cases = [
        ((2, 3, 10), (4, 3, 3), 1, [1], [1]), ((2, 3, 10), (4, 3, 4), 1, [2], [1]), ((1, 4, 9), (6, 2, 3), 2, [1], [2]),
        ((2, 2, 7, 8), (3, 2, 3, 3), 1, [1, 1], [1, 1]), ((2, 2, 7, 8), (3, 2, 2, 3), 1, [2, 3], [2, 1]),
        ((1, 4, 5, 6), (4, 1, 3, 2), 4, [1, 2], [1, 1]),
    ]
    for shape, kernel_shape, groups, strides, dilations in cases:
        x, kernel = random.normal(size=shape), random.normal(size=kernel_shape)
        for padding in kinds:
            y = convolved(x, kernel, padding, groups, strides, dilations)
            record("convolution", [x, kernel], y, [kinds.index(padding), groups, *strides, *dilations], tolerance=1e-13)
    x, kernel = random.normal(size=(1, 1, 8, 9)), random.normal(size=(1, 1, 3, 2))
    y = scipy.signal.correlate2d(x[0, 0], kernel[0, 0], mode="valid")[None, None]
    record("convolution", [x, kernel], y, [0, 1, 1, 1, 1, 1], tolerance=1e-13)
    x = random.normal(size=(2, 3, 9, 8))
    for size, stride in [([3], [3]), ([2], [1]), ([2, 2], [2, 2]), ([3, 2], [2, 3])]:
        axes = tuple(range(4 - len(size), 4))
        seen = np.lib.stride_tricks.sliding_window_view(x, size, axis=axes)
        seen = seen[(..., *(slice(None, None, s) for s in stride), *(slice(None) for _ in size))]
        last = tuple(range(4, 4 + len(size)))
        record("maximumPooling", [x], seen.max(axis=last), [*size, *stride])
        record("averagePooling", [x], seen.mean(axis=last), [*size, *stride], tolerance=1e-13)


def einsums():
    formulas = ["ij,jk->ik", "bij,kjb->kb", "iji,j->ij", "ab,bcd,da,c->ca", "i,j->ji", "ii->"]
    lengths = dict(a=2, b=3, c=4, d=5, i=3, j=4, k=2)
    for number_, formula in enumerate(formulas):
        operands = [random.normal(size=[lengths[l] for l in letters]) for letters in formula.split("->")[0].split(",")]
        record(f"einsum{number_}", operands, np.einsum(formula, *operands), tolerance=1e-13)


def general_matrices():
    a = random.normal(size=(6, 5, 5))
    p, l, u = scipy.linalg.lu(a)
    record("lu", [a], [l, u, p.argmax(axis=-2)], tolerance=1e-11)
    sign, logarithm = np.linalg.slogdet(a)
    assert set(sign) == {-1.0, 1.0}
    record("signedLogDeterminant", [a], [sign, logarithm], tolerance=1e-12)
    record("signedLogDeterminant", [np.ones((2, 2))], [np.array(0.0), np.array(-np.inf)])
    record("inverse", [a], np.linalg.inv(a), tolerance=1e-11)

    def factors(x):
        p, l, u = scipy.linalg.lu(x)
        return np.array([l, u])

    def vectors(x):
        u, _, v = np.linalg.svd(x, full_matrices=False)
        return np.array([np.einsum("ik,kj->kij", u, v)]), np.array([np.einsum("ik,jk->kij", u, u)])

    m, dm = a[0], random.normal(size=(5, 5))
    record("signedLogDeterminantTangent", [m, dm], np.trace(np.linalg.solve(m, dm)), tolerance=1e-11)
    record("luTangent", [m, dm], list(differences(factors, m, dm, h=1e-4)), tolerance=1e-7)
    for shape in [(5, 3), (3, 5), (4, 4)]:
        b, db = random.normal(size=shape), random.normal(size=shape)
        record("singularValues", [b], np.linalg.svd(b, compute_uv=False), tolerance=1e-12)
        record("singularProjections", [b], [vectors(b)[i][0] for i in (0, 1)], tolerance=1e-11)
        values = differences(lambda x: np.linalg.svd(x, compute_uv=False), b, db)
        record("singularValuesTangent", [b, db], values, tolerance=1e-7)
        both = [differences(lambda x, i=i: vectors(x)[i][0], b, db) for i in (0, 1)]
        record("singularProjectionsTangent", [b, db], both, tolerance=1e-6)


def pairs(z):
    return np.stack([z.real, z.imag], axis=-1)


def fourier():
    for n in [1, 2, 3, 4, 5, 7, 8, 12, 31, 40, 64, 97, 128, 1000]:
        rows = 2 if n < 100 else 1
        # Whole numbers of few digits keep the file small; their transforms are as general as any.
        z = random.integers(-99, 100, size=(rows, n)) / 8 + 1j * random.integers(-99, 100, size=(rows, n)) / 8
        record("fourier", [pairs(z)], pairs(np.fft.fft(z)), tolerance=2e-15)
        record("inverseFourier", [pairs(z)], pairs(np.fft.ifft(z)), tolerance=2e-15)
        record("realFourier", [z.real], pairs(np.fft.rfft(z.real)), tolerance=2e-15)
        modes = z[:, : n // 2 + 1]
        record("inverseRealFourier", [pairs(modes)], np.fft.irfft(modes, n), [n], tolerance=2e-15)
    single = random.normal(size=(3, 12)).astype(np.float32)
    record("realFourier", [single], pairs(np.fft.rfft(single)).astype(np.float32), tolerance=2e-7)
    for shape in [(4, 6), (2, 5, 7), (3, 1)]:
        image = random.normal(size=shape)
        record("realFourier2D", [image], pairs(np.fft.rfft2(image)), tolerance=2e-15)
        record("inverseRealFourier2D", [pairs(np.fft.rfft2(image))], image, [shape[-1]], tolerance=2e-15)


AWKWARD = [(), (1,), (0,), (3, 1, 2), (2, 0, 3)]


def drawn(shape, kind):
    x = random.normal(size=shape) * 3
    return x > 0 if kind == bool else np.asarray(np.round(x) if kind == np.int64 else x).astype(kind)


def types_and_shapes():
    """Each element type that an operation knows, on scalars, one element, none, and axes of length one and zero."""
    real = {
        "negative": np.negative, "absolute": np.abs, "sign": np.sign, "floor": np.floor, "ceiling": np.ceil,
        "rounded": np.rint, "exp": np.exp, "expMinusOne": np.expm1, "sin": np.sin, "cos": np.cos, "tanh": np.tanh,
        "erf": scipy.special.erf, "logistic": scipy.special.expit, "reciprocal": lambda x: 1 / x,
    }
    positive = {"log": np.log, "logOnePlus": np.log1p, "sqrt": np.sqrt}
    for shape in AWKWARD:
        for kind, tolerance in [(np.float64, 4e-15), (np.float32, 1e-6)]:
            x = drawn(shape, kind)
            for name, f in {**real, **positive}.items():
                at = np.abs(x) + kind(0.25) if name in positive else x
                record(name, [at], f(at.astype(np.float64)).astype(kind), tolerance=tolerance)
        x = drawn(shape, np.int64)
        for name in ["negative", "absolute", "sign"]:
            record(name, [x], real[name](x), tolerance=0)
        for kind in [np.float64, np.float32, np.int64, bool]:
            arranged(drawn(shape, kind))
        for kind, tolerance in [(np.float64, 1e-14), (np.float32, 2e-6), (np.int64, 0)]:
            combined(drawn(shape, kind), kind, tolerance)
    for kind, tolerance in [(np.float64, 1e-12), (np.float32, 2e-4)]:
        for lead, n in [((), 1), ((2,), 3), ((0,), 2), ((1, 2), 2)]:
            factored(lead, n, kind, tolerance)


def arranged(x):
    """What only moves elements, or orders them."""
    record("broadcast", [x], np.broadcast_to(x, (2, *x.shape)), [2, *x.shape])
    record("reshape", [x], x.reshape(-1), [x.size])
    record("select", [x.astype(bool), x, x[::-1] if x.ndim else x], np.where(x.astype(bool), x, x[::-1] if x.ndim else x))
    if x.dtype == bool:
        record("logicalNot", [x], ~x)
    for axis in range(x.ndim):
        length = x.shape[axis]
        order = list(reversed(range(x.ndim)))
        record("transpose", [x], x.transpose(order), order)
        record("slice", [x], np.take(x, range(0, length, 2), axis), [axis, 0, length, 2])
        record("pad", [x], np.pad(x, [(1, 2) if a == axis else (0, 0) for a in range(x.ndim)]), [axis, 1, 2])
        record("concatenate", [x, x], np.concatenate([x, x], axis), [axis])
        record("roll", [x], np.roll(x, 1, axis), [1, axis])
        record("argsort", [x], x.argsort(axis=axis, kind="stable"), [axis])
        if length > 0:
            record("argmax", [x], x.argmax(axis=axis), [axis])
            indices = random.integers(0, length, size=[3 if a == axis else n for a, n in enumerate(x.shape)])
            record("gather", [x, indices], np.take_along_axis(x, indices, axis), [axis])


def combined(x, kind, tolerance):
    """Arithmetic with itself and with one number, comparisons, sums."""
    one = np.asarray(drawn((), kind) * 2 + 1, dtype=kind)
    divide = np.floor_divide if kind == np.int64 else np.divide
    binary = {
        "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": divide, "maximum": np.maximum,
        "minimum": np.minimum, "less": np.less, "equal": np.equal, "greaterOrEqual": np.greater_equal,
    }
    for name, f in binary.items():
        record(name, [x, one], np.asarray(f(x, one)), tolerance=tolerance)
    for axis in range(x.ndim):
        record("sum", [x], x.sum(axis=axis, dtype=kind), [axis], tolerance=tolerance)
        record("cumulativeSum", [x], x.cumsum(axis=axis, dtype=kind), [axis], tolerance=tolerance)
        if x.shape[axis] > 0:
            record("maximumOver", [x], x.max(axis=axis), [axis])
            record("minimumOver", [x], x.min(axis=axis), [axis])


def factored(lead, n, kind, tolerance):
    a = symmetric(n, *lead) + np.eye(n)
    b = random.normal(size=(*lead, n, 2))
    exact = {
        "cholesky": ([a], np.linalg.cholesky(a)), "solve": ([a, b], np.linalg.solve(a, b)),
        "triangularSolve": ([np.linalg.cholesky(a), b], np.linalg.solve(np.linalg.cholesky(a), b)),
        "symmetricEigenvalues": ([a], np.linalg.eigvalsh(a)), "logDeterminant": ([a], np.linalg.slogdet(a)[1]),
        "matrixProduct": ([a, b], a @ b),
    }
    for name, (operands, result) in exact.items():
        record(name, [x.astype(kind) for x in operands], np.asarray(result).astype(kind), tolerance=tolerance)


with np.errstate(all="ignore"):
    elementwise()
    reductions()
    shapes()
    linear_algebra()
    elementary()
    windows()
    einsums()
    general_matrices()
    fourier()
    types_and_shapes()
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text("[\n" + ",\n".join(json.dumps(r) for r in records) + "\n]\n")
print(len(records), "records")
