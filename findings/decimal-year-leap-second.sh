#!/usr/bin/env bash
# 2016 had a leap second: its middle as a decimal year in UTC is half a second after midnight in astropy. The
# Julian year of the same number is up to half a day apart: 2000.0 is noon of 1 January, 2015.0 is six hours after
# midnight.
source "$(dirname "$(realpath "$0")")/setup"
python_packages astropy==8.0.2 numpy==2.4.6
cat >run.py <<'P'
from astropy.time import Time
for year in (2015.0, 2016.5):
    print(year, *(Time(year, format=f, scale="utc").isot[:21] for f in ("decimalyear", "jyear")))
P
python run.py >output
unchanged <<'R'
2015.0 2015-01-01T00:00:00.0 2015-01-01T06:00:00.0
2016.5 2016-07-02T00:00:00.5 2016-07-02T03:00:00.0
R
