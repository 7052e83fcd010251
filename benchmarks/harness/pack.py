"""A machine that gpu/run.sh has set up: with a GPU, without Java, Maven and network."""

import contextlib
import json
import os
import subprocess
from pathlib import Path

from .machine import PACKAGE, Machine

WORK = Path(os.environ.get("TOKAPU_GPU_WORK", "/tmp/tokapu-gpu"))
OUT = Path(os.environ.get("OUT", WORK / "results"))
PACK = WORK / "pack"


class Pack(Machine):
    """The packed Java and llama.cpp's tools; both use the same libraries."""

    work = WORK

    def __init__(self, options):
        super().__init__(options, WORK / "8b.gguf", WORK / "tools")

    def java(self, binding, main, *options):
        """The command as far as a class of dev.tokapu.benchmarks, with options for the JVM; its arguments follow."""
        jars = [*sorted((PACK / "tokapu" / "lib").glob("*.jar")), *sorted((PACK / "test" / "lib").glob("*.jar"))]
        class_path = ":".join(str(path) for path in [PACK / "test" / "benchmarks", *jars])
        return [*self.prefix, PACK / "tokapu/runtime/bin/java", "--enable-native-access=ALL-UNNAMED", f"-Dtokapu.binding={binding}",
                f"-Dtokapu.native.dir={WORK / 'native'}", "-cp", class_path, *options, PACKAGE + main]

    @contextlib.contextmanager
    def tools(self, server=False):
        """The folder of llama.cpp's tools, llama-server among them where pack.sh found it."""
        yield self.tool_folder

    def facts(self):
        return {"devices": devices(), **json.loads((PACK / "info.json").read_text())}

    def result_file(self, name, report):
        return OUT / f"{name}.json"


def devices():
    """The GPUs as nvidia-smi names them; none where there is no nvidia-smi."""
    query = "name,memory.total,driver_version,compute_cap"
    try:
        text = subprocess.run(["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader,nounits"],
                              check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    keys = ("name", "memory_mib", "driver", "compute_capability")
    return [dict(zip(keys, (value.strip() for value in line.split(",")))) for line in text.strip().splitlines()]
