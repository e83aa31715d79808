"""Training steps in single precision: gradient and Adam in one program, parameters and moments donated.

Two forms: one jitted step a call, and sixteen steps (one pass over the batches) as one `scan`.
"""
import jax
import jax.numpy as jnp

from shared import flat

from networks import BATCHES, dense, images, periodic


def adam(parameters, slopes, moments, t, rate=1e-3):
    decay = lambda b: lambda m, g: b * m + (1 - b) * g
    m = jax.tree.map(decay(0.9), moments[0], slopes)
    v = jax.tree.map(decay(0.999), moments[1], jax.tree.map(jnp.square, slopes))
    size = rate * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    small = 1e-8 * jnp.sqrt(1 - 0.999**t)
    new = jax.tree.map(lambda p, m, v: p - size * m / (jnp.sqrt(v) + small), parameters, m, v)
    return new, (m, v)


def dense_loss(parameters, batch):
    x, y = batch
    *hidden, last = parameters
    for w, b in hidden:
        x = jax.nn.relu(x @ w + b)
    return jnp.mean((x @ last[0] + last[1] - y) ** 2)


def convolution(x, w, b):
    """Periodic, channels before points; weights as PyTorch has them."""
    side = w.shape[2] // 2
    x = jnp.concatenate([x[..., -side:], x, x[..., :side]], -1)
    y = jax.lax.conv_general_dilated(x, w, (1,), "VALID", dimension_numbers=("NCH", "OIH", "NCH"))
    return y + b[:, None]


def convolution_last(x, w, b):
    """The same with channels last, the layout that XLA's convolutions on the CPU are made for."""
    side = w.shape[2] // 2
    x = jnp.concatenate([x[:, -side:], x, x[:, :side]], 1)
    return jax.lax.conv_general_dilated(x, w.transpose(2, 1, 0), (1,), "VALID", dimension_numbers=("NHC", "HIO", "NHC")) + b


def periodic_loss(parameters, batch):
    x, y = batch
    a, b, c, mix, out = parameters
    first = convolution(x[:, None], *(jnp.concatenate(parts) for parts in zip(a, b, c)))  # three in one
    a, b, c = jnp.split(first, 3, 1)
    x = jnp.concatenate([a, b * c], 1)
    x = convolution(jax.nn.relu(convolution(x, *mix)), *out)
    return jnp.mean((x[:, 0] - y) ** 2)


def periodic_loss_last(parameters, batch):
    x, y = batch
    a, b, c, mix, out = parameters
    first = convolution_last(x[:, :, None], *(jnp.concatenate(parts) for parts in zip(a, b, c)))
    a, b, c = jnp.split(first, 3, 2)
    x = jnp.concatenate([a, b * c], 2)
    x = convolution_last(jax.nn.relu(convolution_last(x, *mix)), *out)
    return jnp.mean((x[:, :, 0] - y) ** 2)


def largest(x):
    """Maximum over 2 × 2 points; by reshaping, whose adjoint is elementwise, not a scatter as that of a window."""
    b, h, w, c = x.shape
    return x.reshape(b, h // 2, 2, w // 2, 2, c).max((2, 4))


def image_loss(parameters, batch):
    x, y = batch
    first, second, (w, b) = parameters
    x = x[..., None]
    for kernel, bias in (first, second):
        x = jax.lax.conv_general_dilated(
            x, kernel.transpose(2, 3, 1, 0), (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        x = largest(jax.nn.relu(x + bias))
    logits = x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1) @ w + b
    chosen = jnp.take_along_axis(logits, y[:, None], 1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, 1) - chosen)


def begin(problem):
    parameters, data = jax.tree.map(jnp.asarray, problem())
    zeros = lambda: jax.tree.map(jnp.zeros_like, parameters)
    copy = jax.tree.map(jnp.copy, parameters)
    return (copy, (zeros(), zeros()), jnp.float32(0)), data


def stepped(loss):
    def step(state, batch):
        parameters, moments, t = state
        value, slopes = jax.value_and_grad(loss)(parameters, batch)
        return (*adam(parameters, slopes, moments, t + 1), t + 1), value

    return step


def one_by_one(problem, loss):
    def row():
        step = jax.jit(stepped(loss), donate_argnums=0)
        state, data = begin(problem)
        batches = [tuple(part[i] for part in data) for i in range(BATCHES)]

        def run():
            nonlocal state
            for batch in batches:
                state, _ = step(state, batch)
            jax.block_until_ready(state)

        def result():
            state = begin(problem)[0]
            values = []
            for batch in batches:
                state, value = step(state, batch)
                values.append(value)
            return flat(*values)

        run()
        return run, result

    return row


def scanned(problem, loss):
    def row():
        one_pass = jax.jit(lambda state, data: jax.lax.scan(stepped(loss), state, data), donate_argnums=0)
        state, data = begin(problem)

        def run():
            nonlocal state
            state, _ = one_pass(state, data)
            jax.block_until_ready(state)

        run()
        return run, lambda: flat(one_pass(begin(problem)[0], data)[1])

    return row


ROWS = {
    "training/dense/steps": one_by_one(dense, dense_loss),
    "training/dense/scan": scanned(dense, dense_loss),
    "training/periodic/steps": one_by_one(periodic, periodic_loss),
    "training/periodic/scan": scanned(periodic, periodic_loss),
    "training/periodic/steps, channels last": one_by_one(periodic, periodic_loss_last),
    "training/images/steps": one_by_one(images, image_loss),
    "training/images/scan": scanned(images, image_loss),
}
