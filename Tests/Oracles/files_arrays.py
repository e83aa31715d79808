"""Arrays as files, by NumPy, gzip and zip.

Run as `python3 files_arrays.py > files_arrays.json`; needs NumPy.
"""

import base64
import gzip
import io
import json
import struct

import numpy as np

random = np.random.default_rng(5)


def idx(array, code):
    head = bytes([0, 0, code, array.ndim]) + b"".join(struct.pack(">i", n) for n in array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def npy(array, **more):
    file = io.BytesIO()
    np.save(file, array, **more)
    return file.getvalue()


def text(data):
    return base64.b64encode(data).decode()


pictures = (255 * random.uniform(size=(3, 4, 5)) ** 4).astype(np.uint8)
smooth = np.tile(np.arange(50, dtype=np.uint8), 80).reshape(40, 100)
numbers = random.normal(size=(4, 6))
cases = [
    ("idx u1", idx(pictures, 8), pictures), ("idx i1", idx(pictures.astype(np.int8), 9), pictures.astype(np.int8)),
    ("idx i2", idx(pictures.astype(np.int16) - 100, 0xB), pictures.astype(np.int16) - 100),
    ("idx i4", idx(pictures.astype(np.int32) * -70000, 0xC), pictures.astype(np.int32) * -70000),
    ("idx f4", idx(numbers.astype(np.float32), 0xD), numbers.astype(np.float32)),
    ("idx f8", idx(numbers, 0xE), numbers),
    ("gzip idx, short", gzip.compress(idx(pictures, 8), 9), pictures),
    ("gzip idx, repeated", gzip.compress(idx(smooth, 8), 9), smooth),
    ("gzip stored", gzip.compress(idx(pictures, 8), 0), pictures),
    ("gzip members", gzip.compress(idx(pictures, 8)[:30]) + gzip.compress(idx(pictures, 8)[30:]), pictures),
    ("gzip of many numbers", gzip.compress(npy(random.integers(0, 9, size=(50, 70)).astype(np.int16)), 6), None),
]
for kind in ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "u2", "u4", "b1", ">f8", ">i2"):
    array = (100 * numbers).astype(kind) if "u" not in kind else np.abs(100 * numbers).astype(kind)
    cases.append(("npy " + kind, npy(array), array))
cases.append(("npy in Fortran's order", npy(np.asfortranarray(numbers)), numbers))
cases.append(("npy of one axis", npy(numbers[0]), numbers[0]))


def decoded(name, data, array):
    if array is None:
        array = np.load(io.BytesIO(gzip.decompress(data)))
    return {"name": name, "base64": text(data), "shape": list(array.shape),
            "values": array.astype(float).ravel().tolist()}


packed = []
for save in (np.savez, np.savez_compressed):
    file = io.BytesIO()
    save(file, x=numbers, y=pictures[0, 0], name=numbers[:, 0].astype(np.float32))
    packed.append({
        "base64": text(file.getvalue()), "names": ["x", "y", "name"],
        "values": [a.astype(float).ravel().tolist() for a in (numbers, pictures[0, 0], numbers[:, 0].astype(np.float32))],
    })
print(json.dumps({"arrays": [decoded(*case) for case in cases], "packed": packed}))
