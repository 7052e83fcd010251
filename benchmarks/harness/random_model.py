"""writes a GGUF of the llama architecture with random weights: the shape decides the speed, not the values

8b is the shape of an 8B model: 32 layers, 4096 wide, 14336 in the feed-forward part, 32 heads, 8 key/value heads; matrices in
Q4_0, norms in F32. tiny is the same in small, to try the scripts. The file depends on the arguments only.

With --fade 4:0.03 layers from the fifth on read their input through norms of 0.03 in place of 1 and so add little: a copy of the
first four (speculation --keep 4:0) is a draft model that is right most of the time.
"""

import math
import os
import random
import struct
from pathlib import Path

F32, Q4_0 = 0, 2
UINT32, FLOAT32, BOOL, STRING, ARRAY, INT32 = 4, 6, 7, 8, 9, 5
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
ALIGNMENT = 32
BLOCK_VALUES, BLOCK_BYTES = 32, 18
# Random 4-bit values have a standard deviation of 4.6: with this scale that of the weights is 0.02, as in trained models.
SCALE = 0.02 / 4.6

SIZES = {"8b": {"layers": 32, "width": 4096, "hidden": 14336, "heads": 32, "kv_heads": 8, "vocab": 128256, "context": 131072},
         "tiny": {"layers": 2, "width": 256, "hidden": 512, "heads": 8, "kv_heads": 2, "vocab": 1024, "context": 131072}}


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


def metadata(shape):
    tokens, types, scores = vocabulary(shape["vocab"])
    numbers = {"vocab_size": shape["vocab"], "block_count": shape["layers"], "context_length": shape["context"],
               "embedding_length": shape["width"], "feed_forward_length": shape["hidden"],
               "attention.head_count": shape["heads"], "attention.head_count_kv": shape["kv_heads"],
               "rope.dimension_count": shape["width"] // shape["heads"]}
    entries = [entry("general.architecture", STRING, "llama"), entry("general.name", STRING, "random weights"),
               entry("general.file_type", UINT32, 2), entry("general.alignment", UINT32, ALIGNMENT)]
    entries += [entry(f"llama.{key}", UINT32, value) for key, value in numbers.items()]
    entries += [entry("llama.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5), entry("llama.rope.freq_base", FLOAT32, 500000.0),
                entry("tokenizer.ggml.model", STRING, "llama"), array("tokenizer.ggml.tokens", STRING, tokens),
                array("tokenizer.ggml.scores", FLOAT32, scores), array("tokenizer.ggml.token_type", INT32, types),
                entry("tokenizer.ggml.unknown_token_id", UINT32, 0), entry("tokenizer.ggml.bos_token_id", UINT32, 1),
                entry("tokenizer.ggml.eos_token_id", UINT32, 2), entry("tokenizer.ggml.add_bos_token", BOOL, True)]
    return entries


def tensors(shape):
    """Name, dimensions as GGUF has them (the row length first) and type of each tensor."""
    width, hidden, vocab = shape["width"], shape["hidden"], shape["vocab"]
    kv_width = width // shape["heads"] * shape["kv_heads"]
    yield "token_embd.weight", (width, vocab), Q4_0
    for layer in range(shape["layers"]):
        matrices = {"attn_q": (width, width), "attn_k": (width, kv_width), "attn_v": (width, kv_width),
                    "attn_output": (width, width), "ffn_gate": (width, hidden), "ffn_up": (width, hidden),
                    "ffn_down": (hidden, width)}
        for name in ("attn_norm", "ffn_norm"):
            yield f"blk.{layer}.{name}.weight", (width,), F32
        for name, dimensions in matrices.items():
            yield f"blk.{layer}.{name}.weight", dimensions, Q4_0
    yield "output_norm.weight", (width,), F32
    yield "output.weight", (width, vocab), Q4_0


def size_of(dimensions, kind):
    values = math.prod(dimensions)
    return values * 4 if kind == F32 else values // BLOCK_VALUES * BLOCK_BYTES


def random_blocks(count):
    scale, values = struct.pack("<e", SCALE), random.Random(1).randbytes(count * (BLOCK_BYTES - 2))
    return b"".join(scale + values[start:start + BLOCK_BYTES - 2] for start in range(0, len(values), BLOCK_BYTES - 2))


def write_matrix(file, size, blocks, start):
    """Repeats the random blocks, from another place for each tensor, so that layers differ."""
    position = start * BLOCK_BYTES % len(blocks)
    while size > 0:
        piece = memoryview(blocks)[position:position + size]
        file.write(piece)
        size -= len(piece)
        position = 0


def norm(name, fade):
    """The value of a norm's weights."""
    first, value = fade
    parts = name.split(".")
    return value if parts[0] == "blk" and int(parts[1]) >= first else 1


def head(shape, more=()):
    """What comes before the numbers, with more metadata, and the size of the whole file."""
    all_tensors = list(tensors(shape))
    entries = [*metadata(shape), *more]
    info, offset = [], 0
    for name, dimensions, kind in all_tensors:
        info.append(text(name) + struct.pack(f"<I{len(dimensions)}QIQ", len(dimensions), *dimensions, kind, offset))
        offset += -(-size_of(dimensions, kind) // ALIGNMENT) * ALIGNMENT
    data = b"GGUF" + struct.pack("<IQQ", 3, len(all_tensors), len(entries)) + b"".join(entries) + b"".join(info)
    return data, -(-len(data) // ALIGNMENT) * ALIGNMENT + offset


def write(path, shape, fade):
    blocks = random_blocks(1 << 20)
    with open(path, "wb") as file:
        file.write(head(shape)[0])
        for number, (name, dimensions, kind) in enumerate(tensors(shape)):
            file.write(bytes(-file.tell() % ALIGNMENT))
            if kind == F32:
                file.write(struct.pack("<f", norm(name, fade)) * math.prod(dimensions))
            else:
                write_matrix(file, size_of(dimensions, kind), blocks, number * 7919)
        file.write(bytes(-file.tell() % ALIGNMENT))


def fading(value):
    """LAYERS:VALUE of the command line."""
    layers, _, norms = value.partition(":")
    return int(layers), float(norms)


def arguments(parser):
    parser.add_argument("file", type=Path)
    parser.add_argument("--size", choices=SIZES, default="8b")
    parser.add_argument("--vocab", type=int, help="tokens, at least 512 (default 128256, tiny 1024)")
    parser.add_argument("--fade", type=fading, default=(0, 1), metavar="LAYERS:NORM", help="layers behind the first LAYERS add little")


def run(options):
    shape = dict(SIZES[options.size])
    shape["vocab"] = options.vocab or shape["vocab"]
    if shape["vocab"] < 512:
        raise SystemExit("a vocabulary needs 512 tokens at least")
    part = options.file.with_suffix(".part")
    write(part, shape, options.fade)
    os.replace(part, options.file)
    print(f"{options.file}: {options.file.stat().st_size / 2**20:.0f} MiB")
