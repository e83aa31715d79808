#!/usr/bin/env bash
# ncrcat joins packed files without unpacking: numbers of the second file stand under scale and offset of the first.
source "$(dirname "$(realpath "$0")")/setup"
python_packages xarray==2026.9.0 netCDF4==1.7.5
debian_package nco 5.1.4
cat >run.py <<'P'
import subprocess, xarray
for name, offset, times, values in (("a.nc", 0.0, [0, 1], [1.0, 2.0]), ("b.nc", 500.0, [2, 3], [500.0, 600.0])):
    part = xarray.Dataset({"v": ("t", values)}, coords={"t": times})
    part.v.encoding = {"dtype": "int16", "scale_factor": 0.01, "add_offset": offset, "_FillValue": -32768}
    part.to_netcdf(name, unlimited_dims=["t"])
run = subprocess.run(["ncrcat", "-O", "a.nc", "b.nc", "joined.nc"], capture_output=True, text=True)
print("status", run.returncode)
print("parts", [xarray.open_dataset(n).v.values.tolist() for n in ("a.nc", "b.nc")])
print("joined", xarray.open_dataset("joined.nc").v.values.tolist())
P
python run.py >output
unchanged <<'R'
status 0
parts [[1.0, 2.0], [500.0, 600.0]]
joined [1.0, 2.0, 0.0, 100.0]
R
