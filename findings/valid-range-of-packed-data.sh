#!/usr/bin/env bash
# A packed short with valid_range in doubles: by the NetCDF Users' Guide a range wider than the packed type is of the
# unpacked values. netCDF4 compares it with the packed numbers and hides nearly all, xarray never looks at it, CDO
# passes over it with a warning: each a different set of values, none hides the one that is invalid.
source "$(dirname "$(realpath "$0")")/setup"
python_packages xarray==2026.9.0 netCDF4==1.7.5
debian_package cdo 2.1.1
cat >run.py <<'P'
import netCDF4, numpy, subprocess, xarray
with netCDF4.Dataset("t.nc", "w", format="NETCDF3_CLASSIC") as d:
    d.createDimension("x", 4)
    v = d.createVariable("v", "i2", ("x",))
    v.scale_factor, v.valid_range = 0.01, numpy.array([-5.0, 40.0])
    v.set_auto_maskandscale(False)
    v[:] = [1800, 1700, 20, 9000]
with netCDF4.Dataset("t.nc") as d: print("netCDF4", d["v"][:].tolist())
print("xarray", xarray.open_dataset("t.nc").v.values.round(2).tolist())
print("cdo", subprocess.run(["cdo", "-s", "output", "t.nc"], capture_output=True, text=True).stdout.split())
P
python run.py >output
unchanged <<'R'
netCDF4 [None, None, 0.2, None]
xarray [18.0, 17.0, 0.2, 90.0]
cdo ['18', '17', '0.2', '90']
R
