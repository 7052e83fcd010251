"""Many sequences in step: llama-batched-bench beside the same work through FFM and JNI (BatchedBench), by turns.

run.py batched uses this on the CPU; a run on a GPU makes its own Plan. S_PP and S_TG are llama-batched-bench's: prompt tokens, and
generated tokens, of all sequences per second. One context serves all numbers of sequences, in the tool and in BatchedBench.
"""

import dataclasses
import statistics
from pathlib import Path

from shared import rotated, run_json_lines, say

CONTROL = "llama.cpp"
BATCH_SIZE = 2048  # BatchedBench's


@dataclasses.dataclass
class Plan:
    """What is decoded and by what."""
    model: Path
    tools: Path                 # llama-batched-bench
    java: dict                  # by binding: the command that runs BatchedBench, as far as its class
    threads: int
    prompt: int = 128           # tokens of each sequence
    generated: int = 64
    sequences: tuple = (1, 4, 8, 16)
    kv: tuple = ("split",)      # split, unified
    rounds: int = 5
    micro_batch: int = 512
    command_prefix: tuple = ()  # before llama.cpp's program

    def systems(self):
        return [CONTROL, *self.java]


def run(plan, name, kv):
    """One process: tokens per second by test."""
    sequences = ",".join(str(count) for count in plan.sequences)
    if name == CONTROL:
        rows = run_json_lines([
            *plan.command_prefix, plan.tools / "llama-batched-bench", "-m", plan.model, "-c",
            max(plan.sequences) * (plan.prompt + plan.generated), "-b", BATCH_SIZE, "-ub", plan.micro_batch, "-npp", plan.prompt,
            "-ntg", plan.generated, "-npl", sequences, "--kv-unified" if kv == "unified" else "--no-kv-unified", "-t", plan.threads,
            "--output-format", "jsonl"])
        speeds = {row["pl"]: (row["speed_pp"], row["speed_tg"]) for row in rows}
    else:
        result = run_json_lines([*plan.java[name], plan.model, plan.prompt, plan.generated, sequences, plan.threads,
                                 plan.micro_batch, kv])[0]
        speeds = {row["sequences"]: (row["sequences"] * plan.prompt * 1e9 / row["pp_ns"],
                                     row["sequences"] * plan.generated * 1e9 / row["tg_ns"]) for row in result["runs"]}
    if set(speeds) != set(plan.sequences):
        raise SystemExit(f"{name} measured {sorted(speeds)} sequences, not {sorted(plan.sequences)}")
    return {**{f"S_PP {kv} {count}": speed for count, (speed, _) in speeds.items()},
            **{f"S_TG {kv} {count}": speed for count, (_, speed) in speeds.items()}}


def measure(plan):
    samples = {name: {} for name in plan.systems()}
    for number in range(plan.rounds):
        for kv in plan.kv:
            line = []
            for name in rotated(list(samples), number):
                speeds = run(plan, name, kv)
                for test, speed in speeds.items():
                    samples[name].setdefault(test, []).append(speed)
                line.append(f"{name} " + " ".join(f"{speed:.0f}" for speed in speeds.values()))
            say(f"  round {number + 1}, {kv}: " + ", ".join(line))
    return {"prompt": plan.prompt, "generated": plan.generated, "micro_batch": plan.micro_batch, "rounds": plan.rounds,
            **comparison(samples)}


def comparison(samples):
    """Medians of the rounds, and their ratios to llama.cpp's: by system and test."""
    median = {name: {test: statistics.median(values) for test, values in tests.items()} for name, tests in samples.items()}
    ratio = {name: {test: round(value / median[CONTROL][test], 4) for test, value in tests.items()}
             for name, tests in median.items() if name != CONTROL}
    return {"median": median, "ratio": ratio, "samples_tokens_per_second": samples}


def table(result):
    median, ratio = result["median"], result["ratio"]
    lines = [f"{'tokens/s':18} {CONTROL:>10}" + "".join(f" {name:>10} {'ratio':>7}" for name in ratio)]
    for test, control in median[CONTROL].items():
        lines.append(f"{test:18} {control:10.1f}"
                     + "".join(f" {median[name][test]:10.1f} {ratio[name][test]:7.3f}" for name in ratio))
    return "\n".join(lines)
