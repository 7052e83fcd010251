"""the look that Model.load takes at a GGUF file before llama.cpp does, in fresh JVMs

CPU time of the thread that looks: the default model, and the head of a file of the shape of Llama 3 8B, 128,256 tokens and 280,147 merges, whose
numbers are a hole.
"""

import statistics
import tempfile
from pathlib import Path

from .random_model import SIZES, STRING, TYPES, array, head
from .shared import add_rounds, run_json_lines

BINDINGS = {"ffm": "Java 25", "jni": "Java 17"}  # which say the JDK: no native code is called
MERGES = 280147


def arguments(parser, default):
    add_rounds(parser, 10)


def write_8b(file):
    merges = array("tokenizer.ggml.merges", STRING, [f"\u0120m{number} w{number % 1000}" for number in range(MERGES)])
    data, size = head(SIZES["8b"], TYPES["q4_0"], [merges])
    file.write_bytes(data)
    with open(file, "r+b") as sparse:
        sparse.truncate(size)


def measure(machine, options):
    samples = {}
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "8b.gguf"
        write_8b(large)
        for number in range(options.rounds):
            for name, model in (("135M", machine.model), ("8B", large)):
                for binding, java in BINDINGS.items():
                    line = run_json_lines([*machine.java(binding, "GgufCheckBench"), model])[0]
                    for key, value in line.items():
                        samples.setdefault(f"{name}, {java}", {}).setdefault(key, []).append(value)
    median = {name: {key: statistics.median(values) for key, values in sample.items()} for name, sample in samples.items()}
    return {"median": median, "samples": samples}


def table(result):
    return "\n".join(f"{name:16} first {values['first_ms']:6.1f} ms   warm {values['warm_ms']:5.1f} ms"
                     for name, values in result["median"].items())
