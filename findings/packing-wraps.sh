#!/usr/bin/env bash
# Values beyond what a packed type holds wrap around without an error, in netCDF4 and in xarray. Two valid files that
# are joined by xarray keep the packing of the first: writing them again changes the values of the second in silence.
source "$(dirname "$(realpath "$0")")/setup"
python_packages xarray==2026.9.0 netCDF4==1.7.5
cat >run.py <<'P'
import netCDF4, numpy, xarray
with netCDF4.Dataset("t.nc", "w") as d:
    d.createDimension("x", 3)
    v = d.createVariable("v", "i2", ("x",))
    v.scale_factor = 0.01
    v[:] = [1.0, 327.67, 400.0]
    print("netCDF4, 1 327.67 400 written:", v[:].round(2).tolist())
for name, offset, times, values in (("a.nc", 0.0, [0, 1], [1.0, 2.0]), ("b.nc", 500.0, [2, 3], [500.0, 600.0])):
    part = xarray.Dataset({"v": ("t", values)}, coords={"t": times})
    part.v.encoding = {"dtype": "int16", "scale_factor": 0.01, "add_offset": offset, "_FillValue": -32768}
    part.to_netcdf(name)
joined = xarray.concat([xarray.open_dataset("a.nc"), xarray.open_dataset("b.nc")], "t")
joined.to_netcdf("joined.nc")
print("xarray, joined:", joined.v.values.round(2).tolist())
print("xarray, joined, written and read:", xarray.open_dataset("joined.nc").v.values.round(2).tolist())
P
python run.py >output
unchanged <<'R'
netCDF4, 1 327.67 400 written: [1.0, 327.67, -255.36]
xarray, joined: [1.0, 2.0, 500.0, 600.0]
xarray, joined, written and read: [1.0, 2.0, -155.36, -55.36]
R
