"""Parameters and data of the training rows, in single precision: `(parameters, (inputs, targets))`, sixteen batches.

Weights of convolutions are `[outputs, inputs, ...]`, of dense layers `[inputs, outputs]`, each layer a pair with its bias;
`Training.swift` makes the same numbers. Weights are uniform with Glorot's bound.
"""
import numpy as np

from shared import uniform

BATCHES = 16


def layer(seed, shape, inputs, outputs, biases):
    bound = np.sqrt(6 / (inputs + outputs))
    return (bound * uniform(seed, *shape)).astype(np.float32), np.zeros(biases, np.float32)


def linear(seed, inputs, outputs):
    return layer(seed, (inputs, outputs), inputs, outputs, outputs)


def kernel(seed, outputs, inputs, *width):
    size = int(np.prod(width))
    return layer(seed, (outputs, inputs, *width), inputs * size, outputs * size, outputs)


def dense():
    """40 – 256 – 256 – 40 with rectifiers, batches of 256."""
    parameters = [linear(11, 40, 256), linear(12, 256, 256), linear(13, 256, 40)]
    return parameters, data()


def periodic():
    """The bilinear convolutional network for Lorenz-96 in the manner of Brajard et al. (2020), 8305 parameters.

    Three convolutions a, b, c of 24 channels; a beside b · c; a convolution to 32 channels, a rectifier, one to 1; all of
    width 5 on 40 periodic points.
    """
    parameters = [kernel(11, 24, 1, 5), kernel(12, 24, 1, 5), kernel(13, 24, 1, 5), kernel(14, 32, 48, 5), kernel(15, 1, 32, 5)]
    return parameters, data()


def analysis():
    """An analysis of Lorenz-96, whose gain is a function of the forecast: row 7 of `apus reproduce`.

    Features of the forecast and of what is observed by ten convolutions of width 5 to 32 channels, residual but the first and the
    last, which is linear; a convolution of width 9 of the innovation to 32 channels; one of width 5 of their products to the increment.
    """
    parameters = [kernel(11 + i, 32, 32 if i else 2, 5) for i in range(10)] + [kernel(21, 32, 1, 9), kernel(22, 1, 32, 5)]
    truth = (8 * uniform(23, BATCHES, 32, 40)).astype(np.float32)
    return parameters, (truth + uniform(24, BATCHES, 32, 40).astype(np.float32), truth)


def images():
    """3 × 3 convolutions to 16 and 32 channels, each with a rectifier and a maximum over 2 × 2, then a dense layer of 10."""
    parameters = [kernel(11, 16, 1, 3, 3), kernel(12, 32, 16, 3, 3), linear(13, 7 * 7 * 32, 10)]
    x = uniform(21, BATCHES, 128, 28, 28).astype(np.float32)
    classes = np.minimum((5 * (uniform(22, BATCHES, 128) + 1)).astype(np.int64), 9)
    return parameters, (x, classes)


def data():
    return tuple(uniform(seed, BATCHES, 256, 40).astype(np.float32) for seed in (21, 22))
