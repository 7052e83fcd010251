"""writes a GGUF of the llama architecture with random weights: the shape decides the speed, not the values

8b is the shape of an 8B model: 32 layers, 4096 wide, 14336 in the feed-forward part, 32 heads, 8 key/value heads; matrices in
Q4_0 or another type, norms in F32. tiny is the same in small, to try the scripts. The file depends on the arguments only.

With --fade 4:0.03 layers from the fifth on read their input through norms of 0.03 in place of 1 and so add little: a copy of the
first four (speculation --keep 4:0) is a draft model that is right most of the time.

With --mtp it is of the architecture glm4moe and has an MTP head behind its layers, see mtp_head.py.
"""

import math
import os
import random
import struct
from pathlib import Path

from . import mtp_head

UINT32, FLOAT32, BOOL, STRING, ARRAY, INT32 = 4, 6, 7, 8, 9, 5
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
ALIGNMENT = 32
F32 = 0
BLOCK_VALUES = 32
# The standard deviation of the weights, as in trained models.
DEVIATION = 0.02
FADING = ("attn_norm", "ffn_norm", mtp_head.FFN_NORM)

SIZES = {"8b": {"layers": 32, "width": 4096, "hidden": 14336, "heads": 32, "kv_heads": 8, "vocab": 128256, "context": 131072},
         "tiny": {"layers": 2, "width": 256, "hidden": 512, "heads": 8, "kv_heads": 2, "vocab": 1024, "context": 131072}}


class Quantized:
    """Blocks of a scale and random integers, whose standard deviation is spread."""

    def __init__(self, number, file_type, bytes_of_block, spread):
        self.number, self.file_type, self.bytes_of_block = number, file_type, bytes_of_block
        self.scale = struct.pack("<e", DEVIATION / spread)

    def blocks(self, generator, count):
        size = self.bytes_of_block - len(self.scale)
        values = generator.randbytes(count * size)
        return b"".join(self.scale + values[start:start + size] for start in range(0, len(values), size))


class Half:
    """Numbers of two bytes: random signs and fractions, magnitudes from 1/64 to 1/32."""

    def __init__(self, number, file_type, bits_of_fraction):
        self.number, self.file_type, self.bytes_of_block = number, file_type, 2 * BLOCK_VALUES
        bias = 15 if bits_of_fraction == 10 else 127
        exponent, fraction = (bias - 6) << bits_of_fraction, (1 << bits_of_fraction) - 1
        self.low = bytes((exponent & 0xff) | (byte & fraction & 0xff) for byte in range(256))
        self.high = bytes((exponent >> 8) | (byte & (fraction >> 8 | 0x80)) for byte in range(256))

    def blocks(self, generator, count):
        values = bytearray(generator.randbytes(count * self.bytes_of_block))
        values[0::2] = values[0::2].translate(self.low)
        values[1::2] = values[1::2].translate(self.high)
        return bytes(values)


# Numbers of ggml's types and of llama.cpp's file types.
TYPES = {"q4_0": Quantized(2, 2, 18, 4.6), "q8_0": Quantized(8, 7, 34, 73.9), "f16": Half(1, 1, 10), "bf16": Half(30, 32, 7)}


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def entry(key, kind, value):
    packed = {UINT32: lambda: struct.pack("<I", value), FLOAT32: lambda: struct.pack("<f", value),
              BOOL: lambda: struct.pack("<?", value), STRING: lambda: text(value)}[kind]()
    return text(key) + struct.pack("<I", kind) + packed


def array(key, kind, values):
    if kind == STRING:
        data = b"".join(map(text, values))
    else:
        data = struct.pack(f"<{len(values)}{'f' if kind == FLOAT32 else 'i'}", *values)
    return text(key) + struct.pack("<IIQ", ARRAY, kind, len(values)) + data


def vocabulary(size):
    """SentencePiece: three control tokens, all bytes, the printable characters, then made-up words."""
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    types = [UNKNOWN, CONTROL, CONTROL] + [BYTE] * 256
    tokens += ["\u2581"] + [chr(code) for code in range(33, 127)]
    tokens += [f"\u2581w{number}" for number in range(size - len(tokens))]
    types += [NORMAL] * (size - len(types))
    return tokens[:size], types[:size], [-float(index) for index in range(size)]


def architecture(shape):
    return mtp_head.ARCHITECTURE if shape.get("mtp") else "llama"


def metadata(shape, kind):
    name = architecture(shape)
    tokens, types, scores = vocabulary(shape["vocab"])
    numbers = {"vocab_size": shape["vocab"], "block_count": shape["layers"], "context_length": shape["context"],
               "embedding_length": shape["width"], "feed_forward_length": shape["hidden"],
               "attention.head_count": shape["heads"], "attention.head_count_kv": shape["kv_heads"],
               "rope.dimension_count": shape["width"] // shape["heads"], **(mtp_head.metadata(shape) if shape.get("mtp") else {})}
    entries = [entry("general.architecture", STRING, name), entry("general.name", STRING, "random weights"),
               entry("general.file_type", UINT32, kind.file_type), entry("general.alignment", UINT32, ALIGNMENT)]
    entries += [entry(f"{name}.{key}", UINT32, value) for key, value in numbers.items()]
    entries += [entry(f"{name}.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5), entry(f"{name}.rope.freq_base", FLOAT32, 500000.0),
                entry("tokenizer.ggml.model", STRING, "llama"), array("tokenizer.ggml.tokens", STRING, tokens),
                array("tokenizer.ggml.scores", FLOAT32, scores), array("tokenizer.ggml.token_type", INT32, types),
                entry("tokenizer.ggml.unknown_token_id", UINT32, 0), entry("tokenizer.ggml.bos_token_id", UINT32, 1),
                entry("tokenizer.ggml.eos_token_id", UINT32, 2), entry("tokenizer.ggml.add_bos_token", BOOL, True)]
    return entries


def tensors(shape, kind):
    """Name, dimensions as GGUF has them (the row length first) and type of each tensor; F32 for those of norms."""
    width, hidden, vocab = shape["width"], shape["hidden"], shape["vocab"]
    kv_width = width // shape["heads"] * shape["kv_heads"]
    norms = ("attn_norm", mtp_head.FFN_NORM if shape.get("mtp") else "ffn_norm")
    yield "token_embd.weight", (width, vocab), kind
    for layer in range(shape["layers"]):
        matrices = {"attn_q": (width, width), "attn_k": (width, kv_width), "attn_v": (width, kv_width),
                    "attn_output": (width, width), "ffn_gate": (width, hidden), "ffn_up": (width, hidden),
                    "ffn_down": (hidden, width)}
        for name in norms:
            yield f"blk.{layer}.{name}.weight", (width,), F32
        for name, dimensions in matrices.items():
            yield f"blk.{layer}.{name}.weight", dimensions, kind
    if shape.get("mtp"):
        yield from mtp_head.tensors(shape, kind, F32)
    yield "output_norm.weight", (width,), F32
    yield "output.weight", (width, vocab), kind


def size_of(dimensions, kind):
    values = math.prod(dimensions)
    return values * 4 if kind == F32 else values // BLOCK_VALUES * kind.bytes_of_block


def write_matrix(file, size, blocks, start, bytes_of_block):
    """Repeats the random blocks, from another place for each tensor, so that layers differ.

    Each repetition starts a block later, or tokens with equal rows would be equally likely.
    """
    position, again = start % len(blocks), 0
    while size > 0:
        piece = memoryview(blocks)[position:position + size]
        file.write(piece)
        size -= len(piece)
        again += 1
        position = again * bytes_of_block


def norm(name, fade):
    """The value of a norm's weights."""
    first, value = fade
    parts = name.split(".")
    return value if parts[0] == "blk" and parts[2] in FADING and int(parts[1]) >= first else 1


def head(shape, kind_of_matrices, more=()):
    """What comes before the numbers, with more metadata, and the size of the whole file."""
    all_tensors = list(tensors(shape, kind_of_matrices))
    entries = [*metadata(shape, kind_of_matrices), *more]
    info, offset = [], 0
    for name, dimensions, kind in all_tensors:
        info.append(text(name) + struct.pack(f"<I{len(dimensions)}QIQ", len(dimensions), *dimensions,
                                              kind if kind == F32 else kind.number, offset))
        offset += -(-size_of(dimensions, kind) // ALIGNMENT) * ALIGNMENT
    data = b"GGUF" + struct.pack("<IQQ", 3, len(all_tensors), len(entries)) + b"".join(entries) + b"".join(info)
    return data, -(-len(data) // ALIGNMENT) * ALIGNMENT + offset


def write(path, shape, kind_of_matrices, fade):
    blocks = kind_of_matrices.blocks(random.Random(1), 1 << 20)
    with open(path, "wb") as file:
        file.write(head(shape, kind_of_matrices)[0])
        for number, (name, dimensions, kind) in enumerate(tensors(shape, kind_of_matrices)):
            file.write(bytes(-file.tell() % ALIGNMENT))
            if kind == F32:
                file.write(struct.pack("<f", norm(name, fade)) * math.prod(dimensions))
            elif kind is mtp_head.PROJECTION:
                kind.write(file, *dimensions)
            else:
                write_matrix(file, size_of(dimensions, kind), blocks, number * 7919 * kind.bytes_of_block, kind.bytes_of_block)
        file.write(bytes(-file.tell() % ALIGNMENT))


def fading(value):
    """LAYERS:VALUE of the command line."""
    layers, _, norms = value.partition(":")
    return int(layers), float(norms)


def arguments(parser):
    parser.add_argument("file", type=Path)
    parser.add_argument("--size", choices=SIZES, default="8b")
    parser.add_argument("--type", choices=TYPES, default="q4_0", help="of the matrices (default %(default)s)")
    parser.add_argument("--vocab", type=int, help="tokens, at least 512 (default 128256, tiny 1024)")
    parser.add_argument("--fade", type=fading, metavar="LAYERS:NORM", help="layers behind the first LAYERS add little")
    parser.add_argument("--mtp", action="store_true", help="with an MTP head")


def run(options):
    shape = {**SIZES[options.size], "mtp": options.mtp}
    shape["vocab"] = options.vocab or shape["vocab"]
    if shape["vocab"] < 512:
        raise SystemExit("a vocabulary needs 512 tokens at least")
    write_whole(options.file, shape, TYPES[options.type], options.fade)
    print(f"{options.file}: {options.file.stat().st_size / 2**20:.0f} MiB")


def write_whole(path, shape, kind, fade=None):
    """Not half of it, whatever happens."""
    part = path.with_suffix(".part")
    write(part, shape, kind, fade or (mtp_head.FADE if shape.get("mtp") else (0, 1)))
    os.replace(part, path)
