"""JAX on the CPU, in double precision unless a row says otherwise.

A row is a function that prepares it and returns `(run, result)`: `run` does the work once and waits for it, `result` gives
the numbers. `run` never converts to NumPy, and buffers are donated where a step replaces its own argument.
"""
import jax

jax.config.update("jax_enable_x64", True)


def rows(threads):
    from . import filters, first_call, jacobians, learning, lorenz96, matrices, products, spectral, training, variational

    modules = [lorenz96, variational, filters, jacobians, spectral, matrices, training, learning, first_call, products]
    return {name: row for module in modules for name, row in module.ROWS.items()}


def prepared(f, *arguments):
    """`f` compiled for its arguments, as `(run, result)`; a call is one jitted call."""
    from shared import flat

    f = jax.jit(f).lower(*arguments).compile()
    arguments = jax.device_put(arguments)

    def run():
        jax.block_until_ready(f(*arguments))

    run()
    return run, lambda: flat(*jax.tree.leaves(f(*arguments)))
