"""The first call of a program in a fresh process: tracing, compiling, running. Importing JAX is not timed.

With a folder for JAX's persistent cache of compiled programs, a second process finds them there.
"""
import functools
import os

import jax

from shared import flat, read

from .filters import etkf_cycle
from .lorenz96 import tendency
from .variational import cost, problem


def first(f, *arguments):
    if "BENCH_CACHE" in os.environ:
        jax.config.update("jax_compilation_cache_dir", os.environ["BENCH_CACHE"])
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    arguments = jax.block_until_ready(jax.device_put(arguments))
    found = []

    def run():
        found.append(jax.block_until_ready(jax.jit(f)(*arguments)))

    return run, lambda: flat(*jax.tree.leaves(found[-1]))


def variational():
    background, observations = problem(10)
    return first(jax.value_and_grad(functools.partial(cost, background, observations, tendency)), background + 0.5)


def filter():
    truth, observations = (read(name, -1, 40)[:20] for name in ("truth", "observations"))
    run = lambda members, y, truth: jax.lax.scan(functools.partial(etkf_cycle, tendency), members, (y, truth))[1]
    return first(run, read("members", 40, 40), observations, truth)


ROWS = {"first/variational": variational, "first/filter": filter}
