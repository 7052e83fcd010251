"""This checkout as Maven and CMake have built it, on this machine's CPU."""

import contextlib
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from .machine import PACKAGE, Machine
from .shared import output

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "benchmarks" / "target"
NATIVE = ROOT / "native" / "target"
RESULTS = ROOT / "benchmarks" / "results"
GGUF = ROOT / ("models/smollm2-135m-instruct/target/classes/dev/tokapu/models/smollm2-135m-instruct/"
               "SmolLM2-135M-Instruct.Q4_1.gguf")


class Checkout(Machine):
    """FFM runs on JDK 25 and JNI on JDK 17; llama.cpp's tools use the CPU variant that Tokapu chooses."""

    work = TARGET

    def __init__(self, options):
        super().__init__(options, GGUF, Path((NATIVE / "oracle.path").read_text().strip()))

    @functools.cached_property
    def class_path(self):
        return os.pathsep.join([str(TARGET / "classes"), (TARGET / "class-path.txt").read_text().strip()])

    def jvm(self, version, binding):
        """A JVM with the class path of the benchmarks."""
        access = ["--enable-native-access=ALL-UNNAMED"] if version >= 24 else []
        return [jdk(version) + "/bin/java", *access, f"-Dtokapu.binding={binding}", "-cp", self.class_path]

    def java(self, binding, main, *options):
        """The command as far as a class of dev.tokapu.benchmarks, with options for the JVM; its arguments follow."""
        return [*self.prefix, *self.jvm(25 if binding == "ffm" else 17, binding), *options, PACKAGE + main]

    @contextlib.contextmanager
    def tools(self, server=False):
        """A folder of llama.cpp's tools with one CPU variant only: they look for backends beside themselves."""
        path = NATIVE / "server.path"
        source = Path(path.read_text().strip()) if server and path.exists() else self.tool_folder
        with tempfile.TemporaryDirectory() as folder:
            for file in source.iterdir():
                if file.is_file() and (not file.name.startswith("libggml-cpu-")
                                       or file.name == f"libggml-cpu-{self.cpu_variant}.so"):
                    shutil.copy2(file.resolve(), Path(folder) / file.name)
            if server:
                shutil.copy2(self.tool_folder / "llama-batched-bench", folder)
            yield Path(folder)

    @functools.cached_property
    def cpu_variant(self):
        code = "class Variant { public static void main(String[] a) { System.out.println(dev.tokapu.Tokapu.cpuVariant()); } }"
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "Variant.java"
            source.write_text(code)
            return output([*self.prefix, *self.jvm(25, "ffm"), source])

    def facts(self):
        return {"commit": commit(), "llama_cpp": llama_release(), "cpu_variant": self.cpu_variant,
                "model": {"file": self.model.name, "bytes": self.model.stat().st_size,
                          "sha256": hashlib.sha256(self.model.read_bytes()).hexdigest()}}

    def result_file(self, name, report):
        cpu = "-".join(report["machine"]["cpu"].replace("(R)", "").lower().split()[:3])
        return RESULTS / f"{report['date'][:10]}-{cpu}-{report['machine']['cores']}-cores-{name}.json"


@functools.cache
def jdk(version):
    return output([ROOT / "config" / "find-jdk.sh", version])


def commit():
    result = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT)
    if result.returncode != 0:
        return "none"
    return result.stdout.strip() + ("+changes" if output(["git", "status", "--porcelain"], ROOT) else "")


def llama_release():
    text = (ROOT / "CMakeLists.txt").read_text()
    return {key.lower(): value for key, value in re.findall(r'set\(TOKAPU_LLAMA_(TAG|TREE) "([^"]+)"\)', text)}
