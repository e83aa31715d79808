#!/usr/bin/env bash
# BIC penalises a parameter by the logarithm of the number of observations. For a series of 200 steps of which 150 are
# missing statsmodels takes 199, not 49: with gaps the penalty is too strong, by 1.4 a parameter here.
source "$(dirname "$(realpath "$0")")/setup"
python_packages statsmodels==0.15.0 numpy==2.4.6 pandas==3.1.1
cat >run.py <<'P'
import numpy, statsmodels.api as sm
y = numpy.cumsum(numpy.sin(numpy.arange(200.0) ** 2))
y[numpy.arange(200) % 4 != 0] = numpy.nan
r = sm.tsa.UnobservedComponents(y, "llevel").fit(disp=0)
print("observations", int(numpy.isfinite(y).sum()), "nobs_effective", r.nobs_effective)
print("observations that the penalty implies: %.0f" % numpy.exp((r.bic + 2 * r.llf) / len(r.params)))
P
python run.py >output
unchanged <<'R'
observations 50 nobs_effective 199
observations that the penalty implies: 199
R
