#!/usr/bin/env bash
# The same random walk in units a million times smaller: the search for the variances of a local level stops far from
# the maximum and reports convergence. The log-likelihoods, brought to one unit, should be equal.
source "$(dirname "$(realpath "$0")")/setup"
python_packages statsmodels==0.15.0 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
cat >run.py <<'P'
import numpy, statsmodels.api as sm
y = numpy.cumsum(numpy.random.RandomState(2).normal(size=200))
for scale in (1.0, 1e6):
    r = sm.tsa.UnobservedComponents(y * scale, "llevel").fit(disp=0)
    print("unit %g: log-likelihood %.0f, converged %s" % (1 / scale, r.llf + 199 * numpy.log(scale), r.mle_retvals["converged"]))
P
python run.py >output
unchanged <<'R'
unit 1: log-likelihood -297, converged True
unit 1e-06: log-likelihood -464, converged True
R
