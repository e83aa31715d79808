#!/usr/bin/env bash
# The approximate diffuse start leaves the likelihood of the first steps out, counted in steps and not in observations:
# twenty missing values before the series bring the density of the diffuse prior into the likelihood (-7.8 for a local
# level), so that models of another order are compared wrongly. The exact diffuse start is not affected.
source "$(dirname "$(realpath "$0")")/setup"
python_packages statsmodels==0.15.0 numpy==2.4.6 pandas==3.1.1
cat >run.py <<'P'
import numpy, statsmodels.api as sm
y = numpy.cumsum(numpy.sin(numpy.arange(200.0) ** 2))
gap = numpy.concatenate([numpy.full(20, numpy.nan), y])
for title, options in (("approximate", {}), ("exact", {"use_exact_diffuse": True})):
    values = [sm.tsa.UnobservedComponents(s, "llevel", **options).loglike([0.1, 0.5]) for s in (y, gap)]
    print(title, "diffuse, without and with a leading gap: difference %.3f" % (values[1] - values[0]))
values = [sm.tsa.SARIMAX(s, order=(1, 1, 0)).loglike([0.1, 0.5]) for s in (y, gap)]
print("SARIMAX(1,1,0): difference %.3f" % (values[1] - values[0]))
P
python run.py >output
unchanged <<'R'
approximate diffuse, without and with a leading gap: difference -7.827
exact diffuse, without and with a leading gap: difference 0.000
SARIMAX(1,1,0): difference -7.827
R
