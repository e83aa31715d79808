#!/usr/bin/env bash
# One missing value among 120: STL returns trend, season and remainder that are missing everywhere, without an error.
source "$(dirname "$(realpath "$0")")/setup"
python_packages statsmodels==0.15.0 numpy==2.4.6 pandas==3.1.1
cat >run.py <<'P'
import numpy
from statsmodels.tsa.seasonal import STL
y = numpy.sin(numpy.arange(120) * 2 * numpy.pi / 12) + 0.01 * numpy.arange(120)
y[50] = numpy.nan
r = STL(y, period=12).fit()
print("values of the trend, of the season:", int(numpy.isfinite(r.trend).sum()), int(numpy.isfinite(r.seasonal).sum()), "of 120")
P
python run.py >output
unchanged <<'R'
values of the trend, of the season: 0 0 of 120
R
