#!/usr/bin/env bash
# A NetCDF variable without _FillValue holds the library's default fill where nothing was written. netCDF4 gives these
# places as missing; xarray and CDO hand out the number, scaled: 655.35 here.
source "$(dirname "$(realpath "$0")")/setup"
python_packages xarray==2026.9.0 netCDF4==1.7.5
debian_package cdo 2.1.1
cat >run.py <<'P'
import netCDF4, subprocess, xarray
with netCDF4.Dataset("t.nc", "w") as d:
    d.createDimension("x", 3)
    v = d.createVariable("v", "u2", ("x",))
    v.scale_factor = 0.01
    v[0] = 18.0
    v[2] = 17.0
with netCDF4.Dataset("t.nc") as d: print("netCDF4", d["v"][:].tolist())
print("xarray", xarray.open_dataset("t.nc").v.values.tolist())
print("cdo", subprocess.run(["cdo", "-s", "output", "t.nc"], capture_output=True, text=True).stdout.split())
P
python run.py >output
unchanged <<'R'
netCDF4 [18.0, None, 17.0]
xarray [18.0, 655.35, 17.0]
cdo ['18', '655.35', '17']
R
