"""Writes files_packed.nc (NetCDF-3, packed, with missing values), files_plain.nc (NetCDF-4) and files_chunk.nc (ten
values in a compressed chunk that is 128 MiB unpacked), with the package netCDF4."""
import pathlib
import numpy as np
from netCDF4 import Dataset

here = pathlib.Path(__file__).parent
with Dataset(here / "files_packed.nc", "w", format="NETCDF3_CLASSIC") as f:
    f.createDimension("time", None)
    f.createDimension("station", 1)
    time = f.createVariable("time", "i4", ("time",))
    time.units, time.calendar = "hours since 1900-1-1 0:0:0", "gregorian"
    time[:] = [24 * 25567 + 6 * k for k in range(5)]
    sst = f.createVariable("sst", "i2", ("time", "station"), fill_value=-32768)
    sst.scale_factor, sst.add_offset, sst.units = 0.01, 20.0, "degC"
    sst.long_name, sst.standard_name = "temperature of the sea", "sea_surface_temperature"
    sst.missing_value = np.int16(-999)
    sst.set_auto_maskandscale(False)
    sst[:, 0] = [100, -32768, -250, -999, 1234]
    error = f.createVariable("sst_error", "f4", ("time",))
    error[:] = [0.5, 9.96921e36, 0.25, 1.0, 0.125]
with Dataset(here / "files_plain.nc", "w") as f:
    f.createDimension("month", 4)
    f.createDimension("x", 2)
    time = f.createVariable("month", "f8", ("month",))
    time.units = "months since 1999-11-15"
    time[:] = [0, 1, 2, 3]
    index = f.createVariable("index", "f4", ("month",), fill_value=np.float32(-99.9))
    index[:] = [1.5, -99.9, np.nan, 2.5]
    index.valid_min = np.float32(0)
    f.createVariable("field", "f8", ("month", "x"))[:] = 0
    infinite = f.createVariable("infinite", "f8", ("month",))
    infinite[:] = [0, 1, np.inf, 3]
    noleap = f.createVariable("noleap", "f8", ("month",))
    noleap.units, noleap.calendar = "days since 2000-01-01", "noleap"
    noleap[:] = range(4)
    back = f.createVariable("back", "f8", ("month",))
    back.units = "days since 2000-01-01"
    back[:] = [0, 2, 1, 3]
with Dataset(here / "files_chunk.nc", "w") as f:
    f.createDimension("time", None)
    x = f.createVariable("x", "f8", ("time",), zlib=True, complevel=9, chunksizes=(1 << 24,), fill_value=0.0)
    x[:] = np.arange(10) + 0.5
