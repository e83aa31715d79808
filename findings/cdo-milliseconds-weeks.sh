#!/usr/bin/env bash
# UDUNITS knows milliseconds and weeks. CDO warns that it does not, gives every time the date 0000-00-00 (told once
# here), and succeeds: a monthly mean of such a file is one value.
source "$(dirname "$(realpath "$0")")/setup"
python_packages netCDF4==1.7.5
debian_package cdo 2.1.1
cat >run.py <<'P'
import netCDF4, subprocess
for unit, values in (("milliseconds", [0.0, 40 * 86400e3]), ("weeks", [0.0, 6.0])):
    with netCDF4.Dataset("t.nc", "w", format="NETCDF3_CLASSIC") as d:
        d.createDimension("time", None)
        t = d.createVariable("time", "f8", ("time",))
        t.standard_name, t.axis, t.calendar, t.units = "time", "T", "standard", f"{unit} since 2000-01-01"
        t[:] = values
        d.createVariable("v", "f8", ("time",))[:] = [1.0, 3.0]
    run = subprocess.run(["cdo", "-s", "showdate", "t.nc"], capture_output=True, text=True)
    print(unit, "status", run.returncode, "dates", run.stdout.splitlines()[-1].split())
    mean = subprocess.run(["cdo", "-s", "output", "-monmean", "t.nc"], capture_output=True, text=True)
    print(unit, "monthly means, January and February hold 1 and 3:", mean.stdout.split()[-1])
P
python run.py >output
unchanged <<'R'
milliseconds status 0 dates ['0000-00-00']
milliseconds monthly means, January and February hold 1 and 3: 2
weeks status 0 dates ['0000-00-00']
weeks monthly means, January and February hold 1 and 3: 2
R
