"""The roofline of the 8B-class model: the most output tokens per second of a GPU, by its memory and its arithmetic.

It bounds programs that compute one token a user and pass, with keys and values in F16, and share no prompts. Speculation, a quantized KV cache and
cached prefixes may exceed it.

A load of N users with P tokens in and G out takes each user's G passes over the weights, in which all users share what is read, and reads a
user's keys and values once for each token but the first, whose pass has just computed them:

    bytes      = G * weights + N * (keys and values of one token) * (P + P+1 + ... + P+G-2)
    operations = 2 * N * (parameters of the layers * (P + G) + parameters of the output * G)
    tokens/s  <= N * G / max(bytes / memory bandwidth, operations / peak)

That is the model of Williams, Waterman and Patterson (Roofline, Communications of the ACM 52(4), 2009) for a whole load. Activations and the
arithmetic of attention are left out, which only raises the bound. Keys and values have two bytes a number. Quantized matrices are multiplied as
8-bit integers, as llama.cpp's kernels do.
"""

import math

from .random_model import F32, SIZES, TYPES, size_of, tensors

SHAPE = SIZES["8b"]
BYTES_OF_KV = 2

# By the name that the driver has for it: bytes a second, and dense operations a second of 16-bit floats and of 8-bit integers.
# As NVIDIA states them, without sparsity.
DEVICES = {"NVIDIA H200": (4.8e12, 989e12, 1979e12), "NVIDIA H100 80GB HBM3": (3.35e12, 989e12, 1979e12)}


def weights(precision):
    """Bytes that a pass reads: all but the embeddings of tokens, of which it reads a row each."""
    return sum(size_of(dimensions, kind) for name, dimensions, kind in tensors(SHAPE, TYPES[precision]) if name != "token_embd.weight")


def parameters(precision):
    """Numbers of the matrices: of the layers, and of the output."""
    sizes = {name: math.prod(dimensions) for name, dimensions, kind in tensors(SHAPE, TYPES[precision]) if kind != F32}
    return sum(size for name, size in sizes.items() if name.startswith("blk.")), sizes["output.weight"]


def kv_of_token():
    """Bytes of the keys and values of a token."""
    return 2 * SHAPE["layers"] * SHAPE["width"] // SHAPE["heads"] * SHAPE["kv_heads"] * BYTES_OF_KV


def output_throughput(device, precision, users, prompt, generated):
    """Tokens per second; None for a device that is not in DEVICES."""
    if device not in DEVICES:
        return None
    bandwidth, floats, integers = DEVICES[device]
    peak = integers if precision.startswith("q") else floats
    read = generated * weights(precision) + users * kv_of_token() * sum(range(prompt, prompt + generated - 1))
    layers, output = parameters(precision)
    operations = 2 * users * (layers * (prompt + generated) + output * generated)
    return users * generated / max(read / bandwidth, operations / peak)
