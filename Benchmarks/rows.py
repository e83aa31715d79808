"""The rows: what is timed, in which unit, and how much work a run of it is. Both sides run a row by its name.

`flops` and `bytes` are the least that a run needs, for the bound: operations as the textbook counts them, and what must pass
between memory and processor when the arguments and results of a call do not fit its cache; a program that does useless
work shows a lower bound, one that finds a better algorithm a higher one.
"""
from dataclasses import dataclass


@dataclass
class Row:
    name: str  # as the peers and Apus know it
    title: str
    unit: str  # of `apus` and `peer`
    work: float  # in one run, in the unit's quantity; 0 where the unit is a time
    peers: list  # of "peer" or "peer: variant"
    threads: tuple = (1,)
    precision: str = "double"
    flops: float = 0
    bytes: float = 0
    tolerance: float = 1e-8  # of the largest difference over the largest number
    compared: int | None = None  # how many leading numbers are compared; the means of all numbers otherwise differ by 5 %
    required: float | None = None  # the ratio that Apus must reach
    evaluations: int = 1  # of one run, where the unit is a time
    fresh: bool = False  # a new process for every run
    second: bool = False  # with the compiled programs of an earlier process at hand

    def value(self, seconds):
        """In the row's unit, from the seconds of one run."""
        scale = {"µs": 1e6, "ns": 1e9, "ms": 1e3}.get(self.unit)
        if scale:
            return scale * seconds / self.evaluations
        return self.work / seconds


def lorenz96():
    """Four tendencies of four operations, stages of two, and six for their mean: 28 for each variable and step."""
    for members, steps in [(20, 100), (1000, 100), (100_000, 5)]:
        elements = 40 * members * steps
        yield Row(
            f"lorenz96/{members}", f"Lorenz-96, RK4 step, 40 variables × {members} members", "10⁹ elements/s",
            elements * 1e-9, ["jax: natural", "jax: best"], threads=(1, 2) if members == 100_000 else (1,),
            flops=28 * elements, bytes=16 * 40 * members if members == 100_000 else 0, tolerance=1e-7, required=4)


def variational():
    peers = ["jax: roll", "jax: slices", "torch"]
    for steps in (10, 40):
        cost = 100 * 40 * steps * 31
        for what, flops in [("cost", cost), ("gradient", 3 * cost)]:
            yield Row(
                f"variational/{steps}/{what}",
                f"4D-Var, Lorenz-96, {steps} RK4 steps, cost{' and gradient' if what == 'gradient' else ''}, in one graph",
                "µs", 0, peers, flops=flops, evaluations=100, required=8 if what == "gradient" else None, tolerance=1e-7)
    yield Row(
        "variational/10/called", "4D-Var, Lorenz-96, 10 RK4 steps, cost and gradient, a call each", "µs", 0, peers,
        flops=3 * 100 * 40 * 10 * 31, evaluations=100, required=8)


def filters(quick):
    """An eigendecomposition is counted as 9 n³, as LAPACK's with vectors; products as 2 n³."""
    cycle = 9 * 40**3 + 3 * 2 * 40**3 + 28 * 1600
    for name, cycles, title in [
        ("etkf", 1000 if quick else 20_000, "ETKF twin experiment, Lorenz-96, 40 members, {} cycles in one call"),
        ("etkf/library", 1000, "the same with the library's `Cycle` and `ETKF`, {} cycles"),
    ]:
        yield Row(
            name, title.format(f"{cycles:,}".replace(",", " ")), "cycles/s", cycles, ["jax: roll", "jax: slices", "numpy"], flops=cycles * cycle,
            compared=20, required=3)
    extended = 40 * 1600 * 2 + 28 * 40 + 3 * 2 * 40**3 + 40**3 * 7 / 3
    yield Row(
        "extended-kalman", "extended Kalman recursion, Lorenz-96, 1000 steps", "ms", 0, ["jax: roll", "jax: slices"], flops=1000 * extended,
        tolerance=1e-6, required=3)


def jacobians():
    yield Row(
        "jacobian", "Jacobian of 20 RK4 steps, Lorenz-96, 40 × 40", "µs", 0,
        ["jax: forward", "jax: forward, slices", "jax: reverse"], flops=20 * 40 * (28 + 40 * 34), required=3)


def spectral():
    """A real transform is counted as 2.5 n log₂ n; a step has eight of them."""
    for points in (128, 1024):
        step = 20 * (8 * 2.5 * points * (points.bit_length() - 1) + 60 * points)
        for what, flops in [("step", step), ("adjoint", 3 * step)]:
            yield Row(
                f"spectral/{points}/{what}",
                f"Kuramoto–Sivashinsky, {points} modes, ETD-RK4 step{' with adjoint' if what == 'adjoint' else ''}",
                "µs", 0, ["jax"], flops=flops, evaluations=20, tolerance=1e-6, required=2)


def matrices():
    for kind, count, title in [("eigen", 9, "symmetric eigen"), ("cholesky", 1 / 3, "Cholesky")]:
        for n in (20, 40):
            size = 8 * n * n * 10_000
            yield Row(
                f"{kind}/{n}", f"{title}, 10 000 matrices of {n} × {n}", "10³ matrices/s", 10, ["numpy", "jax"],
                flops=10_000 * count * n**3, bytes=2 * size, required=3)


def training():
    """Forward, and twice that backward, two operations for each multiply-add; 16 batches in a run.

    Of convolutions of five places from many channels to many two products for each place are counted: what minimal filters need.
    """
    network = [
        ("dense", "MLP 40–256–256–40, batch 256, Adam", 256, 2 * 40 * 256 + 256**2, 1.2, ["jax: steps", "jax: scan"]),
        ("periodic", "periodic CNN on 40 points, 8305 parameters, batch 256, Adam", 256, 40 * (5 * (72 + 32) + 2 * 48 * 32), 2,
         ["jax: steps", "jax: steps, channels last"]),
        ("analysis", "network of a learned analysis, row 7 of `apus reproduce`, batch 32, Muon", 32,
         40 * 32 * (5 * (2 + 14) + 2 * 9 * 32), 2, []),
        ("images", "CNN 28 × 28, batch 128, Adam", 128, 28**2 * 9 * 16 + 14**2 * 9 * 16 * 32 + 1568 * 10, 1.2,
         ["jax: steps", "torch: eager, channels last"]),
    ]
    for name, title, batch, products, required, more in network:
        yield Row(
            f"training/{name}", f"training step, {title}", "10³ samples/s", 16 * batch * 1e-3,
            ["torch: eager", "torch: compiled", *more], threads=(1, 2), precision="single",
            flops=16 * batch * products * 6, tolerance=2e-3, required=required)


def learning():
    """Products of two matrices of 40 are counted as 2 · 40³, with gradient three times; of the filter the model's 18 terms too."""
    n = 40
    gain = 1000 * (5 * 2 * n**3 + n * n * (28 + 34) + n**3)
    yield Row(
        "learning/gain", "gradient descent step of the variational gain of 3D-Var, Lorenz-96, 1000 cycles", "ms", 0,
        ["jax: roll", "jax: slices"], flops=3 * gain, tolerance=1e-7, required=5)
    cycle = 5 * 4 * 50 * n * 40 + 2 * 50 * n * n * 2 + n**3 * 7 / 3
    yield Row(
        "learning/filter", "gradient through 300 cycles of an ensemble Kalman filter, 50 members, dictionary of 18 terms", "ms", 0,
        ["torch", "jax: features", "jax: nested"], flops=3 * 300 * cycle, tolerance=1e-6, required=5)


def products():
    for n in (64, 128, 256, 512, 1024):
        for precision in ("double", "single"):
            yield Row(
                f"product/{n}/{precision}", f"product of two matrices of {n} × {n}, {precision} precision", "GFLOP/s", 2e-9 * n**3,
                ["numpy", "jax"], precision=precision, flops=2 * n**3, tolerance=1e-12 if precision == "double" else 1e-5)


def other():
    step = 64 * (2 * (40 + 128) * 4 * 128 + 128 * 30)
    yield Row(
        "recurrence", "recurrence with gates (LSTM), 50 steps, batch 64, 40 inputs, 128 units", "ms", 0, ["jax", "torch"],
        precision="single", flops=50 * step, tolerance=1e-4)
    yield Row(
        "indexed", "10⁶ numbers gathered, and added to 10⁶ places", "ms", 0, ["numpy", "jax"], flops=2e6, bytes=7 * 8e6,
        tolerance=1e-10)
    yield Row(
        "leading", "mean, variance, maximum over the first axis, 100 000 × 40", "ms", 0, ["numpy", "jax"], flops=5 * 4e6, bytes=32e6,
        tolerance=1e-10)


def eager():
    for count in (4, 1024):
        yield Row(
            f"eager/{count}", f"one eager sum of {count} elements", "ns", 0, ["numpy", "torch"], flops=1000 * count,
            evaluations=1000, required=3 if count == 4 else None)


def first_call():
    for name, title in [("variational", "4D-Var, 10 steps, cost and gradient"), ("filter", "ETKF, 20 cycles")]:
        for second in (False, True):
            when = "again, in a second process" if second else "trace, compile, run"
            yield Row(
                f"first/{name}", f"first call: {when}; {title}", "ms", 0, ["jax"], threads=(2,), required=3, fresh=True,
                second=second)


def rows(quick=False):
    return [
        *lorenz96(), *variational(), *filters(quick), *jacobians(), *spectral(), *matrices(), *training(), *learning(), *products(), *other(), *eager(),
        *first_call(),
    ]
