"""The processor that the benchmark runs on, and what computes products there."""
import functools
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What OpenBLAS calls processors with vectors of 512 bits.
WIDE = ("SkylakeX", "Cooperlake", "SapphireRapids")


@functools.cache
def facts():
    """The first processor of /proc/cpuinfo; nothing where there is none."""
    try:
        text = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}


def name():
    return facts().get("model name") or f"{os.uname().machine} {facts().get('CPU part', '')}".strip()


def slug():
    """As a part of a file's name: the model's name, and family and model where it has them."""
    parts = [name(), facts().get("cpu family", ""), facts().get("model", "")]
    return re.sub("[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")


def numpy_core(variables=()):
    """What the OpenBLAS of NumPy takes this processor for."""
    program = (
        "import ctypes, glob, os, numpy\n"
        "for path in glob.glob(os.path.join(os.path.dirname(numpy.__file__), '..', 'numpy.libs', '*openblas*')):\n"
        "    library = ctypes.CDLL(path)\n"
        "    for name in ('scipy_openblas_get_corename64_', 'openblas_get_corename64_', 'openblas_get_corename'):\n"
        "        if hasattr(library, name):\n"
        "            f = getattr(library, name); f.restype = ctypes.c_char_p; print(f().decode()); raise SystemExit\n")
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ | dict(variables)).stdout.strip()
    return out or None


@functools.cache
def core_type():
    """The variable that has NumPy's OpenBLAS use the whole width of the processor, where it would not by itself."""
    own = numpy_core()
    is_wide = "avx512f" in facts().get("flags", "").split()
    return {"OPENBLAS_CORETYPE": "SKYLAKEX"} if is_wide and own and own not in WIDE else {}


def description():
    """What stands at the head of the results."""
    bench = os.environ.get("APUS_BENCH", str(ROOT / ".build/release/Bench"))
    answer = subprocess.run([bench], input="system -\n", capture_output=True, text=True).stdout.strip()
    revision = subprocess.run(
        ["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    return {
        "processor": name(), "cores": len(os.sched_getaffinity(0)), "apus": answer, "numpy": f"OpenBLAS for {numpy_core(core_type())}",
        "revision": revision}
