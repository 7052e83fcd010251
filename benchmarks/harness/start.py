"""process start to the first byte of an answer, and peak memory: ./tokapu run against llama-completion

The same short greedy answer by each program. The limit is 1.2 x llama-completion without warm-up + 100 ms.
"""

import os
import statistics
import subprocess
import time

from .checkout import ROOT
from .shared import add_rounds, rotated, say

PROMPT = "The capital of France is"
CONTROL = "llama-completion"


def arguments(parser, default):
    add_rounds(parser, 10)


def answer_commands(machine, tools):
    tokapu = [ROOT / "tokapu", "run", "--greedy", "--max-tokens", "8", "--threads", machine.threads, "--quiet"]
    completion = [tools / "llama-completion", "-m", machine.model, "-p", PROMPT, "-n", "8", "--temp", "0", "-t", machine.threads,
                  "-no-cnv", "--no-display-prompt"]
    return {
        CONTROL: [*completion, "--no-warmup"],
        "llama-completion with warm-up": completion,
        "tokapu, model file": [*tokapu, "--model", machine.model, PROMPT],
        "tokapu, model jar": [*tokapu, PROMPT],
        "tokapu, model jar, jni": [*tokapu, "--binding", "jni", PROMPT],
    }


def first_byte(command, prefix):
    """Milliseconds from process start to the first byte on stdout, and the peak resident memory in MiB."""
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in [*prefix, *command]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, cwd=ROOT)
    byte = process.stdout.read(1)
    taken = time.monotonic() - start
    process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if not byte or process.returncode != 0:
        raise SystemExit(f"no answer, exit status {process.returncode}: {command}")
    return taken * 1000, usage.ru_maxrss / 1024


def in_rounds(machine, options, commands, start, time):
    """Medians and samples of what start() says of each command: milliseconds, which are called time, and MiB at the peak."""
    for command in commands.values():
        start(command, [])
    samples = {name: {time: [], "peak_rss_mib": []} for name in commands}
    for number in range(options.rounds):
        for name in rotated(commands, number):
            taken, memory = start(commands[name], machine.prefix)
            samples[name][time].append(round(taken, 1))
            samples[name]["peak_rss_mib"].append(round(memory, 1))
        say(f"  round {number + 1} of {options.rounds}")
    median = {name: {key: round(statistics.median(values), 1) for key, values in sample.items()}
              for name, sample in samples.items()}
    return {"median": median, "samples": samples}


def measure(machine, options):
    with machine.tools() as tools:
        result = in_rounds(machine, options, answer_commands(machine, tools), first_byte, "first_byte_ms")
    return {"limit_ms": round(1.2 * result["median"][CONTROL]["first_byte_ms"] + 100, 1), **result}


def table(result):
    return "\n".join([f"limit {result['limit_ms']:.0f} ms", *(
        f"{name:30} first byte {values['first_byte_ms']:7.1f} ms   peak memory {values['peak_rss_mib']:7.1f} MiB"
        for name, values in result["median"].items())])
