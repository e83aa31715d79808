#!/usr/bin/env bash
# Monthly means stamped at the end of the month, with bounds that say so (CF 7.1): yearly means of CDO, and of xarray by
# groupby and by resample, go by the stamp alone, so that December counts for the next year.
source "$(dirname "$(realpath "$0")")/setup"
python_packages xarray==2026.9.0 netCDF4==1.7.5
debian_package cdo 2.1.1
cat >run.py <<'P'
import netCDF4, numpy, subprocess, xarray
days = numpy.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
end = numpy.cumsum(days).astype(float)
with netCDF4.Dataset("t.nc", "w", format="NETCDF3_CLASSIC") as d:
    d.createDimension("time", None)
    d.createDimension("nv", 2)
    t = d.createVariable("time", "f8", ("time",))
    t.standard_name, t.axis, t.calendar, t.units, t.bounds = "time", "T", "standard", "days since 2001-01-01", "time_bnds"
    t[:] = end
    d.createVariable("time_bnds", "f8", ("time", "nv"))[:] = numpy.stack([end - days, end], 1)
    d.createVariable("v", "f8", ("time",))[:] = [0.0] * 11 + [12.0]
v = xarray.open_dataset("t.nc").v
print("cdo yearmean", subprocess.run(["cdo", "-s", "output", "-yearmean", "t.nc"], capture_output=True, text=True).stdout.split())
print("xarray groupby", v.groupby("time.year").mean().values.tolist())
print("xarray resample", v.resample(time="YS").mean().values.tolist())
print("of the one year 2001 by its bounds", float(v.mean()))
P
python run.py >output
unchanged <<'R'
cdo yearmean ['0', '12']
xarray groupby [0.0, 12.0]
xarray resample [0.0, 12.0]
of the one year 2001 by its bounds 1.0
R
