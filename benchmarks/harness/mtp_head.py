"""An MTP head behind the layers of a model with random weights, in llama.cpp's plainest architecture that has any (GLM 4.5's, with dense layers).

All layers add little to the embedding of a token, so that the token after it follows from that one alone, and the head's projection hands on the
embedding of its token: it says what the model will say, nearly always. What that costs is as with a trained head of the shape of a layer.
"""

ARCHITECTURE = "glm4moe"
FFN_NORM = "post_attention_norm"
FADE = (0, 1e-5)  # norms of all layers; matrices whose numbers have a mean add the same to all tokens, the wider they are the more
EXPERTS = 2  # of the head, which has to have some: one of them, and the one that is shared, have the size of a dense layer together


class Projection:
    """Of the embedding of a token and a hidden state, one behind the other, the first one, in F16."""

    number, bytes_of_block = 1, 64
    ONE = b"\x00\x3c"

    def write(self, file, columns, rows):
        for row in range(rows):
            file.write(bytes(2 * row) + self.ONE + bytes(2 * (columns - row - 1)))


PROJECTION = Projection()


def metadata(shape):
    return {"block_count": shape["layers"] + 1, "nextn_predict_layers": 1, "leading_dense_block_count": shape["layers"],
            "expert_count": EXPERTS, "expert_used_count": 1, "expert_shared_count": 1, "expert_feed_forward_length": shape["hidden"] // 2}


def tensors(shape, kind, plain):
    """As random_model.tensors; plain: the type of vectors."""
    width, hidden = shape["width"], shape["hidden"] // 2
    kv_width = width // shape["heads"] * shape["kv_heads"]
    block = f"blk.{shape['layers']}."
    for name in ("attn_norm", FFN_NORM, "nextn.enorm", "nextn.hnorm"):
        yield f"{block}{name}.weight", (width,), plain
    for name, columns in {"attn_q": width, "attn_k": kv_width, "attn_v": kv_width, "attn_output": width}.items():
        yield f"{block}{name}.weight", (width, columns), kind
    yield f"{block}ffn_gate_inp.weight", (width, EXPERTS), plain
    yield f"{block}exp_probs_b.bias", (EXPERTS,), plain
    for name, dimensions in {"gate": (width, hidden), "up": (width, hidden), "down": (hidden, width)}.items():
        yield f"{block}ffn_{name}_exps.weight", (*dimensions, EXPERTS), kind
        yield f"{block}ffn_{name}_shexp.weight", dimensions, kind
    yield f"{block}nextn.eh_proj.weight", (2 * width, width), PROJECTION
