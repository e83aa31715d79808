#!/usr/bin/env bash
# After update(None), for a missing value, filterpy's log_likelihood is the density of an innovation of zero under the
# last innovation variance, not zero: a sum over steps rewards small variances at every gap, and its maximum is another.
source "$(dirname "$(realpath "$0")")/setup"
python_packages filterpy==2.0.0 numpy==2.4.6 scipy==1.17.1
cat >run.py <<'P'
import numpy
from filterpy.kalman import KalmanFilter
k = KalmanFilter(1, 1)
k.F, k.H, k.Q = numpy.eye(1), numpy.eye(1), 0.1 * numpy.eye(1)
for z in (1.0, None, None, 2.0):
    k.predict()
    k.update(z)
    print(z, "%.4f" % k.log_likelihood)
P
python run.py >output
unchanged <<'R'
1.0 -1.5280
None -1.2899
None -1.2899
2.0 -1.8168
R
