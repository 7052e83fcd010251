#!/usr/bin/env python3
"""One sequence and many on this machine's GPU: llama-bench and llama-batched-bench against the same work through FFM and JNI.

    run.sh speed [--model FILE] [--rounds N] [--single-only] [--batched-only]

Interleaved rounds, medians, ratios; the tools use the same libraries. $OUT/speed.json has every sample.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from common import TOOLS, WORK, java_command, save

sys.path.append(str(Path(__file__).resolve().parent.parent))
import batched  # noqa: E402
from shared import rotated  # noqa: E402

PROMPTS, GENERATED = [512, 2048], 128


def run(command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(str(part) for part in command)}\n{result.stderr[-3000:]}")
    return result.stdout


def java(binding, main, *args):
    return json.loads(run([*java_command(binding, main), *args]).strip().splitlines()[-1])


def single(name, model, options):
    """Each test in a process of its own: where the memory of a context comes to lie depends on what was allocated before, and that
    alone makes 4 % of a token."""
    result = {}
    for prompt in PROMPTS:
        result[f"pp{prompt}"] = single_test(name, model, options, prompt, 0)
    result[f"tg{GENERATED}"] = single_test(name, model, options, 0, GENERATED)
    return result


def single_test(name, model, options, prompt, generated):
    if name == batched.CONTROL:
        tests = json.loads(run([TOOLS / "llama-bench", "-m", model, "-p", prompt, "-n", generated, "-r", options.repetitions,
                                "-t", options.threads, "-o", "json"]))
        times = tests[0]["samples_ns"]
    else:
        # ModelBench wants at least one token of each.
        result = java(name, "ModelBench", model, max(prompt, 1), max(generated, 1), options.repetitions, options.threads)
        times = result["pp_ns"][str(prompt)] if prompt else result["tg_ns"]
    return [(prompt or generated) * 1e9 / ns for ns in times]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default=str(WORK / "8b.gguf"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--micro-batch", type=int, default=512)
    parser.add_argument("--single-only", action="store_true")
    parser.add_argument("--batched-only", action="store_true")
    parser.add_argument("--lengths", default="512,128", help="prompt,generated tokens of batched runs")
    parser.add_argument("--sequences", default="1,8,32,64", help="numbers of sequences of batched runs")
    options = parser.parse_args()
    prompt, generated = (int(length) for length in options.lengths.split(","))
    plan = batched.Plan(
        model=options.model, tools=TOOLS, java={binding: java_command(binding, "BatchedBench") for binding in ("ffm", "jni")},
        threads=options.threads, prompt=prompt, generated=generated, kv=("split", "unified"), micro_batch=options.micro_batch,
        sequences=tuple(int(count) for count in options.sequences.split(",")))

    samples = {name: {} for name in plan.systems()}
    for number in range(options.rounds):
        for name in rotated(list(samples), number):
            measured = {}
            if not options.batched_only:
                measured.update(single(name, options.model, options))
            if not options.single_only:
                for kv in plan.kv:
                    measured.update({test: [speed] for test, speed in batched.run(plan, name, kv).items()})
            for test, values in measured.items():
                samples[name].setdefault(test, []).extend(values)
    result = batched.comparison(samples)
    save("speed", {"rounds": options.rounds, "repetitions": options.repetitions, "threads": options.threads,
                   "batched": {"prompt": prompt, "generated": generated, "micro_batch": options.micro_batch}, **result},
         options.model)
    print(batched.table(result))


if __name__ == "__main__":
    main()
