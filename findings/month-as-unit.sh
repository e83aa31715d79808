#!/usr/bin/env bash
# "months since 1960-01-01", 240.5: UDUNITS (cf-units) counts months of a twelfth of 365.242198781 days and arrives on
# 16 January 1980 at 01:29 after 240.5 of them, and 12 months after a 1 January lie in the old year. CDO counts calendar
# months, halves by the days of the month. cftime and xarray refuse the unit outside the calendar of 360 days.
source "$(dirname "$(realpath "$0")")/setup"
python_packages xarray==2026.9.0 netCDF4==1.7.5 cf-units==3.3.1
debian_package cdo 2.1.1
cat >run.py <<'P'
import cf_units, cftime, netCDF4, numpy, subprocess, xarray
units, values = "months since 1960-01-01", [12.0, 240.5, 241.5]
with netCDF4.Dataset("t.nc", "w", format="NETCDF3_CLASSIC") as d:
    d.createDimension("time", None)
    t = d.createVariable("time", "f8", ("time",))
    t.standard_name, t.axis, t.calendar, t.units = "time", "T", "standard", units
    t[:] = values
    d.createVariable("v", "f8", ("time",))[:] = [1.0, 2.0, 3.0]
days = cf_units.Unit(units).convert(numpy.array(values), cf_units.Unit("days since 1960-01-01"))
print("cf-units", [cftime.num2date(x, "days since 1960-01-01").strftime("%Y-%m-%dT%H") for x in days])
print("cdo     ", [x[:13] for x in subprocess.run(["cdo", "-s", "showtimestamp", "t.nc"], capture_output=True, text=True).stdout.split()])
for name, read in (("cftime", lambda: cftime.num2date(values, units)), ("xarray", lambda: xarray.open_dataset("t.nc"))):
    try: read(); print(name, "read")
    except ValueError: print(name, "ValueError")
P
python run.py >output
unchanged <<'R'
cf-units ['1960-12-31T05', '1980-01-16T01', '1980-02-15T11']
cdo      ['1961-01-01T00', '1980-01-16T12', '1980-02-15T12']
cftime ValueError
xarray ValueError
R
