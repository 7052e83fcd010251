"""What the GPU runs share: where things lie, the packed Java, and results with device, driver, model and commit."""

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path

WORK = Path(os.environ.get("TOKAPU_GPU_WORK", "/tmp/tokapu-gpu"))
OUT = Path(os.environ.get("OUT", WORK / "results"))
PACK = WORK / "pack"
TOOLS = WORK / "tools"


def java_command(binding, main):
    """The packed Java as far as a class of dev.tokapu.benchmarks; its arguments follow."""
    jars = [*sorted((PACK / "tokapu" / "lib").glob("*.jar")), *sorted((PACK / "test" / "lib").glob("*.jar"))]
    class_path = ":".join(str(path) for path in [PACK / "test" / "benchmarks", *jars])
    return [PACK / "tokapu/runtime/bin/java", "--enable-native-access=ALL-UNNAMED", f"-Dtokapu.binding={binding}",
            f"-Dtokapu.native.dir={WORK / 'native'}", "-cp", class_path, f"dev.tokapu.benchmarks.{main}"]


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
