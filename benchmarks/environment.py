"""What the runs of run.py need of the build and the machine, and what their results say of both."""

import datetime
import hashlib
import os
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "benchmarks" / "target"
GGUF = ROOT / ("models/smollm2-135m-instruct/target/classes/dev/tokapu/models/smollm2-135m-instruct/"
               "SmolLM2-135M-Instruct.Q4_1.gguf")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip()


def jdk(version):
    return output(ROOT / "scripts" / "find-jdk.sh", str(version))


class Setup:
    """What all measurements need: tools, libraries, JVMs and the model."""

    def __init__(self, options):
        self.model = Path(options.model).resolve() if options.model else GGUF
        self.threads = options.threads
        self.rounds = options.rounds
        self.repetitions = options.repetitions
        self.prefix = options.prefix.split()
        self.oracle = self.oracle_folder(options)
        self.class_path = os.pathsep.join(
            [str(TARGET / "classes"), (TARGET / "class-path.txt").read_text().strip()])
        self.java = {"ffm": [jdk(25) + "/bin/java", "--enable-native-access=ALL-UNNAMED", "-Dtokapu.binding=ffm"],
                     "jni": [jdk(17) + "/bin/java", "-Dtokapu.binding=jni"]}
        self.java25_jni = [jdk(25) + "/bin/java", "--enable-native-access=ALL-UNNAMED", "-Dtokapu.binding=jni"]

    @staticmethod
    def oracle_folder(options):
        if options.oracle:
            return Path(options.oracle).resolve()
        return Path((ROOT / "native" / "target" / "oracle.path").read_text().strip())

    @staticmethod
    def server_folder():
        path = ROOT / "native" / "target" / "server.path"
        return Path(path.read_text().strip()) if path.exists() else path.parent

    def java_command(self, binding, *args):
        return [*self.prefix, *self.java[binding], "-cp", self.class_path, *args]


def machine():
    names = {"model name": None}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() in names:
            names[key.strip()] = value.strip()
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024
    return {"cpu": names["model name"] or platform.processor(), "cores": os.cpu_count(), "memory_mib": memory,
            "kernel": platform.release()}


def revision():
    result = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=ROOT)
    if result.returncode != 0:
        return "none"
    dirty = subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, cwd=ROOT).stdout.strip()
    return result.stdout.strip() + ("+changes" if dirty else "")


def llama_release():
    text = (ROOT / "CMakeLists.txt").read_text()
    return {key.lower(): value for key, value in re.findall(r'set\(TOKAPU_LLAMA_(TAG|TREE) "([^"]+)"\)', text)}


def header(setup):
    return {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "machine": machine(), "commit": revision(), "llama_cpp": llama_release(),
            "model": {"file": setup.model.name, "bytes": setup.model.stat().st_size,
                      "sha256": hashlib.sha256(setup.model.read_bytes()).hexdigest()},
            "cpu_variant": cpu_variant(setup), "threads": setup.threads, "prefix": " ".join(setup.prefix), "load_average": os.getloadavg()}


def one_variant(oracle, variant, parent):
    """A folder of the tools with one CPU variant only: the tools look for backends beside their executable."""
    folder = Path(parent) / variant
    folder.mkdir()
    for file in oracle.iterdir():
        if file.is_file() and (not file.name.startswith("libggml-cpu-") or file.name == f"libggml-cpu-{variant}.so"):
            shutil.copy2(file.resolve(), folder / file.name)
    return folder


def cpu_variant(setup):
    code = ("System.out.println(dev.tokapu.Tokapu.cpuVariant());")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "Variant.java"
        source.write_text("class Variant { public static void main(String[] a) { " + code + " } }")
        return output(*setup.java_command("ffm", source))
