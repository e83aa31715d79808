#!/usr/bin/env bash
# CF allows an offset from UTC in units of time. CDO passes over "+05:00" (its times are five hours late);
# netCDF4 (cftime) applies "+05:00" and passes over "-3", a form that UDUNITS allows; xarray applies both.
source "$(dirname "$(realpath "$0")")/setup"
python_packages xarray==2026.9.0 netCDF4==1.7.5 cftime==1.6.6
debian_package cdo 2.1.1
cat >run.py <<'P'
import netCDF4, numpy, subprocess, xarray
for offset in ("+05:00", "-3"):
    with netCDF4.Dataset("t.nc", "w", format="NETCDF3_CLASSIC") as d:
        d.createDimension("time", 1)
        t = d.createVariable("time", "f8", ("time",))
        t.standard_name, t.axis, t.calendar, t.units = "time", "T", "standard", f"hours since 2000-01-02 00:00:00 {offset}"
        t[:] = [0.0]
        d.createVariable("v", "f8", ("time",))[:] = [1.0]
    print(offset, "xarray", str(xarray.open_dataset("t.nc").time.values[0])[:16])
    with netCDF4.Dataset("t.nc") as d:
        print(offset, "netCDF4", netCDF4.num2date(d["time"][0], d["time"].units).strftime("%Y-%m-%dT%H:%M"))
    cdo = subprocess.run(["cdo", "-s", "showtimestamp", "t.nc"], capture_output=True, text=True).stdout.split()[0]
    print(offset, "cdo", cdo[:16])
P
python run.py >output
unchanged <<'R'
+05:00 xarray 2000-01-01T19:00
+05:00 netCDF4 2000-01-01T19:00
+05:00 cdo 2000-01-02T00:00
-3 xarray 2000-01-02T03:00
-3 netCDF4 2000-01-02T00:00
-3 cdo 2000-01-02T00:00
R
