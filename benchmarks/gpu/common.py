"""What the GPU runs share: where things lie, the header of a result, Java commands."""

import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

WORK = Path(os.environ.get("TOKAPU_GPU_WORK", "/tmp/tokapu-gpu"))
OUT = Path(os.environ.get("OUT", WORK / "results"))
PACK = WORK / "pack"
TOOLS = WORK / "tools"
NATIVE = WORK / "native"
DEFAULT_MODEL = WORK / "default.gguf"
LARGE_MODEL = WORK / "8b.gguf"
BINDINGS = ("ffm", "jni")


def say(text):
    print(text, file=sys.stderr, flush=True)


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


def device_memory():
    """MiB in use on each GPU; nothing where there is no nvidia-smi."""
    try:
        text = subprocess.run(["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"],
                              check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return [int(value) for value in text.split()]


def cpu():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def header(model=None):
    result = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "devices": devices(), "cpu": cpu(), "cores": os.cpu_count(), "kernel": platform.release(),
              **json.loads((PACK / "info.json").read_text())}
    if model:
        result["model"] = {"file": Path(model).name, "bytes": Path(model).stat().st_size}
    return result


def save(name, report, model=None):
    """Writes $OUT/<name>.json."""
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / f"{name}.json").write_text(json.dumps({**header(model), name: report}, indent=1) + "\n")


def java(binding, *arguments):
    """The command of one of the Java programs of the pack, with the libraries of this machine."""
    jars = [str(path) for folder in (PACK / "tokapu" / "lib", PACK / "test" / "lib") for path in sorted(folder.glob("*.jar"))]
    return [str(PACK / "tokapu" / "runtime" / "bin" / "java"), "--enable-native-access=ALL-UNNAMED",
            f"-Dtokapu.binding={binding}", f"-Dtokapu.native.dir={NATIVE}", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp", os.pathsep.join([str(PACK / "test" / "benchmarks"), *jars]), *map(str, arguments)]


def output(command, **options):
    """Runs a command and returns what it printed; its messages are shown when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, errors="replace", **options)
    if done.returncode != 0:
        raise SystemExit(f"exit status {done.returncode}: {' '.join(map(str, command))}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def rotated(items, by):
    by %= len(items)
    return items[by:] + items[:by]


def median(values):
    return statistics.median(values)
