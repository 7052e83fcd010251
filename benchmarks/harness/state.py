"""forks, saved and restored states of a sequence, against llama_state_seq_get_data and set_data alone"""

import os
import statistics
import subprocess
from pathlib import Path

from .checkout import NATIVE, ROOT
from .shared import BINDINGS, CONTROL, add_repetitions, add_rounds, rotated, run_json_lines


def arguments(parser, default):
    add_rounds(parser, 5)
    add_repetitions(parser, 20)
    parser.add_argument("--tokens", type=int, default=2000, help="of the sequence (default %(default)s)")


def reference(machine):
    """Compiles state_reference.c against the libraries of the native build."""
    source = Path((NATIVE / "llama-source.path").read_text().strip())
    libraries = machine.tool_folder
    program = machine.work / "state_reference"
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", program, ROOT / "benchmarks" / "state_reference.c",
                    f"-I{source}/include", f"-I{source}/ggml/include", f"-L{libraries}", "-ltokapu-llama",
                    "-ltokapu-ggml", "-ltokapu-ggml-base", f"-Wl,-rpath,{libraries}"], check=True)
    return [*machine.prefix, program, libraries]


def measure(machine, options):
    commands = {CONTROL: reference(machine), **{binding: machine.java(binding, "StateBench") for binding in BINDINGS}}
    runs = {name: [] for name in commands}
    for number in range(options.rounds):
        for name in rotated(runs, number):
            runs[name].append(run_json_lines([*commands[name], machine.model, options.tokens, options.repetitions, machine.threads])[0])

    def nanoseconds(name, key):
        return statistics.median([ns for run in runs[name] for ns in run[key]])

    def rates(name, keys):
        return {key: runs[name][0]["bytes"] / nanoseconds(name, f"{nanos}_ns") * 1000 for key, nanos in keys.items()}

    bindings = {name: rates(name, {key: key for key in ("take", "restore", "write", "save", "load")}) for name in BINDINGS}
    return {"bytes": runs["ffm"][0]["bytes"],
            "mb_per_second": {CONTROL: rates(CONTROL, {"get_data": "get", "set_data": "set"}), **bindings},
            "fork_8_microseconds": {name: nanoseconds(name, "fork_8_ns") / 1000 for name in BINDINGS}, "samples": runs}


def table(result):
    return "\n".join([
        *(f"{name:10} 8 forks of {result['tokens']} tokens: {taken:.0f} us, nothing decoded again"
          for name, taken in result["fork_8_microseconds"].items()),
        *(f"{name:10} " + ", ".join(f"{key} {value:.0f} MB/s" for key, value in values.items())
          for name, values in result["mb_per_second"].items())])
