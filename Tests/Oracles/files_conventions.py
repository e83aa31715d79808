"""NetCDF files as other programs write them, and what xarray, netCDF4-python and cftime read in them.

Writes files_conventions.nc, files_stations.nc and files_conventions.json beside itself. Where the programs differ the
source of each value is named: netCDF4 for packing and fills, cftime for calendars, xarray for offsets in units.
"""

import json
import pathlib

import cftime
import netCDF4
import numpy
import xarray

here = pathlib.Path(__file__).parent
n = 12
expected = {}

with netCDF4.Dataset(here / "files_conventions.nc", "w", format="NETCDF4") as d:
    d.createDimension("time", n)
    d.createDimension("nv", 2)
    month_days = numpy.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    ends = numpy.cumsum(month_days).astype(float)

    def time(name, units, values, kind="f8", calendar="standard", **attributes):
        t = d.createVariable(name, kind, ("time",))
        t.units = units
        t.calendar = calendar
        t.setncatts(attributes)
        t[:] = values
        return t

    time("time", "days since 2001-01-01", ends - month_days)
    # Stamped at the end and in the middle of the month, with bounds.
    for name, stamps in (("end", ends), ("middle", ends - month_days / 2)):
        time(name, "days since 2001-01-01", stamps, bounds=f"{name}_bounds")
        d.createVariable(f"{name}_bounds", "f8", ("time", "nv"))[:] = numpy.stack([ends - month_days, ends], 1)
    times = {
        "halves": ("months since 1960-01-01", numpy.arange(n) + 240.5, "f8"),
        "milliseconds": ("milliseconds since 1970-01-01", numpy.arange(n) * 86400000 + 1500, "i8"),
        "microseconds": ("microseconds since 1970-01-01", numpy.arange(n) * 500000, "i8"),
        "greenwich": ("hours since 2000-01-01 00:00:00 GMT", numpy.arange(n) * 6, "i4"),
        "zulu": ("hours since 2000-01-01T00:00:00Z", numpy.arange(n) * 6, "i4"),
        "ancient": ("days since 1-1-1", numpy.arange(n) + 730121, "i4"),
        "medieval": ("days since 1582-10-01", numpy.arange(n), "i4"),
        "tenths": ("days since 1900-01-01", 36524 + numpy.arange(n) / 24, "f8"),
        "single": ("days since 1900-01-01", numpy.float32(36524 + numpy.arange(n) / 4), "f4"),
    }
    for name, (units, values, kind) in times.items():
        time(name, units, values, kind)
    time("proleptic", "days since 1-1-1", numpy.arange(n) + 730119, "i4", "proleptic_gregorian")
    time("offset", "hours since 2000-01-02 00:00:00 +05:00", numpy.arange(n) * 24, "i4")

    def packed(name, kind, stored, fill=None, **attributes):
        v = d.createVariable(name, kind, ("time",), fill_value=fill)
        v.setncatts(attributes)
        v.set_auto_maskandscale(False)
        v[:] = stored
        return v

    up = numpy.arange(n)
    packed("unsigned_byte", "i1", (up * 20).astype("u1").view("i1"), _Unsigned="true", scale_factor=0.1, add_offset=5.0)
    packed("unsigned_fill", "i1", (up * 20).astype("u1").view("i1"), numpy.int8(-36), _Unsigned="true")
    packed("unsigned_short", "i2", (up * 5000).astype("u2").view("i2"), _Unsigned="true", missing_value=numpy.int16(-25536))
    packed("signed_byte", "u1", (up * 10 - 50).astype("i1").view("u1"), _Unsigned="false")
    fills = {"i2": -32767, "u2": 65535, "i4": -2147483647, "u4": 4294967295, "i8": -9223372036854775806,
             "u8": 18446744073709551614, "f4": 9.969209968386869e36, "f8": 9.969209968386869e36}
    for kind, fill in fills.items():
        values = numpy.arange(n).astype(kind)
        values[3] = fill
        # Beside the fill, and the same as a Double.
        if kind in ("i8", "u8"):
            values[5] = numpy.array(fill, kind) + 1
        packed(f"fill_{kind}", kind, values)
    for kind in ("i1", "u1"):
        values = numpy.arange(n).astype(kind)
        values[3] = -127 if kind == "i1" else 255
        packed(f"fill_{kind}", kind, values)
    packed("as_text", "i2", up * 10, scale_factor="0.1", add_offset="2", missing_value="30")
    packed("range_unpacked", "i2", up * 100, scale_factor=0.01, valid_range=numpy.array([2.0, 9.0]))
    packed("range_packed", "i2", up * 100, scale_factor=0.01, valid_range=numpy.array([200, 900], "i2"))
    packed("range_unsigned", "i1", (up * 20).astype("u1").view("i1"), _Unsigned="true",
           valid_max=numpy.int8(-76))

    for name, (units, values, kind) in times.items():
        if name == "halves":
            # cftime refuses months outside the calendar of 360 days; CDO has the middle of the month by its days.
            continue
        dates = cftime.num2date(numpy.asarray(values, "f8") if kind == "f4" else values, units, "standard")
        expected[name] = [x.strftime("%Y-%m-%dT%H:%M:%S.%f") for x in dates]
    expected["proleptic"] = [
        x.strftime("%Y-%m-%dT%H:%M:%S.%f")
        for x in cftime.num2date(numpy.arange(n) + 730119, "days since 1-1-1", "proleptic_gregorian")
    ]

with netCDF4.Dataset(here / "files_conventions.nc") as d:
    values = {}
    for name in d.variables:
        if name.startswith(("unsigned", "signed", "fill", "range_packed")):
            values[name] = [None if x is numpy.ma.masked else float(x) for x in d[name][:]]
    # By the NetCDF Users' Guide, which no program follows here.
    values["as_text"] = [None if x == 3 else x + 2.0 for x in range(n)]
    values["range_unpacked"] = [float(x) if 2 <= x <= 9 else None for x in range(n)]
    values["range_unsigned"] = [float(20 * x) if 20 * x <= 180 else None for x in range(n)]

offset = xarray.open_dataset(here / "files_conventions.nc", decode_times=False)["offset"]
utc = xarray.decode_cf(offset.to_dataset(name="offset"))["offset"].values
expected["offset_utc"] = [str(x)[:19] for x in utc]

with netCDF4.Dataset(here / "files_stations.nc", "w", format="NETCDF3_CLASSIC") as d:
    d.createDimension("time", None)
    d.createDimension("station", 3)
    d.createDimension("strlen", 8)
    d.createDimension("level", 2)
    t = d.createVariable("time", "f8", ("time",))
    t.units = "days since 2000-01-01"
    names = d.createVariable("station_name", "S1", ("station", "strlen"))
    names.cf_role = "timeseries_id"
    names[:] = netCDF4.stringtochar(numpy.array(["Koeln", "Bonn", "Essen"], "S8"))
    level = d.createVariable("level", "f4", ("level",))
    level[:] = [850.0, 0.7]
    flow = d.createVariable("flow", "f8", ("time", "station", "level"))
    t[:] = numpy.arange(4)
    flow[:] = numpy.arange(24).reshape(4, 3, 2)

(here / "files_conventions.json").write_text(json.dumps({"times": expected, "values": values}, indent=1) + "\n")
