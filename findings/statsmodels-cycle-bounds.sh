#!/usr/bin/env bash
# The period of a cycle is sought between 1.5 and 12 years where the series has an index of dates, and without limits
# where it is a plain array: the same numbers give another model. A yearly or a 16-year cycle cannot be found with
# dates.
source "$(dirname "$(realpath "$0")")/setup"
python_packages statsmodels==0.15.0 numpy==2.4.6 pandas==3.1.1
cat >run.py <<'P'
import numpy, pandas, statsmodels.api as sm
y = numpy.sin(numpy.arange(480) * 2 * numpy.pi / 192)
for title, s in (("array", y), ("monthly index", pandas.Series(y, pandas.period_range("1970-01", periods=480, freq="M")))):
    low, high = sm.tsa.UnobservedComponents(s, "rwalk", cycle=True).cycle_frequency_bound
    print(title, "longest period %s, shortest %.0f months" % ("unlimited" if low == 0 else "%.0f" % (2 * numpy.pi / low), 2 * numpy.pi / high))
P
python run.py >output
unchanged <<'R'
array longest period unlimited, shortest 2 months
monthly index longest period 144, shortest 18 months
R
