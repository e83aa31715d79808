"""The Kuramoto–Sivashinsky equation by ETD-RK4 (Kassam & Trefethen 2005): `u_t = −u u_x − u_xx − u_xxxx`, periodic.

Grid points as many as modes, a domain of 32 π / 128 a point, a step of 0.25; coefficients by contour integrals. Timed are
steps in one `scan`, and their adjoint.
"""
import jax
import jax.numpy as jnp
import numpy as np

from shared import uniform

from . import prepared

STEPS = 20


def model(points, h=0.25):
    k = np.arange(points // 2 + 1) * 128 / (16 * points)
    k_odd = k.copy()
    k_odd[-1] = 0  # the derivative of the highest mode is not seen on the grid
    linear = k**2 - k**4
    roots = np.exp(1j * np.pi * (np.arange(1, 33) - 0.5) / 32)
    z = h * linear[:, None] + roots
    mean = lambda f: h * np.real(f.mean(1))
    Q = mean((np.exp(z / 2) - 1) / z)
    f1 = mean((-4 - z + np.exp(z) * (4 - 3 * z + z**2)) / z**3)
    f2 = mean((2 + z + np.exp(z) * (z - 2)) / z**3)
    f3 = mean((-4 - 3 * z - z**2 + np.exp(z) * (4 - z)) / z**3)
    E, E2 = np.exp(h * linear), np.exp(h * linear / 2)

    def nonlinear(v):
        return -0.5j * k_odd * jnp.fft.rfft(jnp.fft.irfft(v, points) ** 2)

    def step(v):
        Nv = nonlinear(v)
        a = E2 * v + Q * Nv
        Na = nonlinear(a)
        b = E2 * v + Q * Na
        Nb = nonlinear(b)
        c = E2 * a + Q * (2 * Nb - Nv)
        Nc = nonlinear(c)
        return E * v + f1 * Nv + 2 * f2 * (Na + Nb) + f3 * Nc

    def forecast(u):
        v = jax.lax.scan(lambda v, _: (step(v), None), jnp.fft.rfft(u), length=STEPS)[0]
        return jnp.fft.irfft(v, points)

    return forecast


def start(points):
    x = 2 * np.pi * np.arange(points) / points
    return np.cos(2 * x) * (1 + np.sin(x)) + 0.1 * np.cos(5 * x)


def steps(points):
    return lambda: prepared(model(points), start(points))


def adjoint(points):
    def row():
        forecast = model(points)
        return prepared(lambda u, du: jax.vjp(forecast, u)[1](du)[0], start(points), uniform(3, points))

    return row


ROWS = {f"spectral/{n}/step": steps(n) for n in (128, 1024)}
ROWS |= {f"spectral/{n}/adjoint": adjoint(n) for n in (128, 1024)}
