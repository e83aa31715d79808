"""Structural models that statsmodels fits with an exact diffuse start: likelihoods, variances and forecasts.

    pip install statsmodels==0.15.0
    python structural_fits.py > structural_fits.json
"""
import json
import warnings

import numpy as np
from statsmodels.tsa.statespace.structural import UnobservedComponents

warnings.simplefilter("ignore")
rng = np.random.default_rng(5)


def series(count, level, slope, irregular, amplitude=0.0, period=12.0, beginning=0.0):
    trend, growth, out = beginning, 0.0, []
    for t in range(count):
        out.append(trend + amplitude * np.cos(2 * np.pi * t / period) + irregular * rng.normal())
        growth += slope * rng.normal()
        trend += growth + level * rng.normal()
    return np.round(out, 4)


def case(name, y, trend, harmonics=0, period=12.0):
    words = {
        "linear": dict(level="local linear trend"), "level": dict(level="local level"),
        "none": dict(irregular=True, level=True, stochastic_level=False),
    }
    cycles = [dict(period=period, harmonics=harmonics)] if harmonics else None
    best = None
    for method in ["lbfgs", "powell", "nm"]:
        model = UnobservedComponents(y, freq_seasonal=cycles, use_exact_diffuse=True, **words[trend])
        model.ssm.tolerance = 0
        fit = model.fit(disp=0, maxiter=2000, method=method)
        if best is None or fit.llf > best.llf:
            best = fit
    ahead = best.get_forecast(5)
    return dict(
        name=name, trend=trend, harmonics=harmonics, period=period,
        values=[None if np.isnan(v) else float(v) for v in y], loglik=float(best.llf),
        variances={k: float(v) for k, v in zip(best.model.param_names, best.params)},
        mean=[float(v) for v in ahead.predicted_mean], deviation=[float(v) for v in ahead.se_mean])


nile = [1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100,
        1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831,
        726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845,
        944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918,
        986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740]
equal = series(60, 2.0, 0.3, 3.0, beginning=50)
equal[1] = equal[0]
level = series(80, 1.0, 0.0, 2.0, beginning=-3)
level[0] = level[1] = level[2]
gappy = series(120, 0.3, 0.01, 0.8, amplitude=4, beginning=1000)
gappy[[3, 4, 5, 40, 41, 77]] = np.nan
gappy[:2] = np.nan
flat = series(70, 0.0, 0.0, 1.5, amplitude=2, period=7.5, beginning=20)
cases = [
    case("nile", np.array(nile, float), "level"),
    case("first two values equal", equal, "linear"),
    case("first three values equal", level, "level"),
    case("season with gaps", gappy, "linear", 1),
    case("constant with a cycle", flat, "none", 1, 7.5),
]
print(json.dumps(cases))
