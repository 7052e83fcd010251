#!/usr/bin/env python3
"""One sequence and many on this machine's GPU: llama-bench and llama-batched-bench against the same work through FFM and JNI.

    run.sh speed [--model FILE] [--rounds N] [--single-only] [--batched-only]

Interleaved rounds, medians, ratios; the tools use the same libraries. $OUT/speed.json has every sample.
"""

import argparse
import json
import statistics
import subprocess
import sys

from common import PACK, WORK, save

PROMPTS, GENERATED = [512, 2048], 128
LENGTHS, SEQUENCES = (512, 128), [1, 8, 32, 64]
TOOLS = WORK / "tools"


def run(command):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(str(part) for part in command)}\n{result.stderr[-3000:]}")
    return result.stdout


def java(binding, main, *args):
    jars = [*sorted((PACK / "tokapu" / "lib").glob("*.jar")), *sorted((PACK / "test" / "lib").glob("*.jar"))]
    class_path = ":".join(str(path) for path in [PACK / "test" / "benchmarks", *jars])
    return json.loads(run([PACK / "tokapu/runtime/bin/java", "--enable-native-access=ALL-UNNAMED", f"-Dtokapu.binding={binding}",
                           f"-Dtokapu.native.dir={WORK / 'native'}", "-cp", class_path, f"dev.tokapu.benchmarks.{main}", *args])
                      .strip().splitlines()[-1])


def single(name, model, options):
    """Each test in a process of its own: where the memory of a context comes to lie depends on what was allocated before, and that
    alone makes 4 % of a token."""
    result = {}
    for prompt in PROMPTS:
        result[f"pp{prompt}"] = single_test(name, model, options, prompt, 0)
    result[f"tg{GENERATED}"] = single_test(name, model, options, 0, GENERATED)
    return result


def single_test(name, model, options, prompt, generated):
    if name == "llama.cpp":
        tests = json.loads(run([TOOLS / "llama-bench", "-m", model, "-p", prompt, "-n", generated, "-r", options.repetitions,
                                "-t", options.threads, "-o", "json"]))
        times = tests[0]["samples_ns"]
    else:
        # ModelBench wants at least one token of each.
        result = java(name, "ModelBench", model, max(prompt, 1), max(generated, 1), options.repetitions, options.threads)
        times = result["pp_ns"][str(prompt)] if prompt else result["tg_ns"]
    return [(prompt or generated) * 1e9 / ns for ns in times]


def batched(name, model, options, kv, micro_batch):
    prompt, generated = LENGTHS
    sequences = ",".join(str(n) for n in SEQUENCES)
    if name == "llama.cpp":
        flag = "--kv-unified" if kv == "unified" else "--no-kv-unified"
        text = run([TOOLS / "llama-batched-bench", "-m", model, "-c", max(SEQUENCES) * sum(LENGTHS), "-b", 2048, "-ub", micro_batch,
                    "-npp", prompt, "-ntg", generated, "-npl", sequences, flag, "-t", options.threads, "--output-format", "jsonl"])
        rows = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return {**{f"S_PP {kv} {row['pl']}": [row["speed_pp"]] for row in rows},
                **{f"S_TG {kv} {row['pl']}": [row["speed_tg"]] for row in rows}}
    result = java(name, "BatchedBench", model, prompt, generated, sequences, options.threads, micro_batch, kv)
    return {key: [value] for row in result["runs"] for key, value in {
        f"S_PP {kv} {row['sequences']}": row["sequences"] * prompt * 1e9 / row["pp_ns"],
        f"S_TG {kv} {row['sequences']}": row["sequences"] * generated * 1e9 / row["tg_ns"]}.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default=str(WORK / "8b.gguf"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--micro-batch", type=int, default=512)
    parser.add_argument("--single-only", action="store_true")
    parser.add_argument("--batched-only", action="store_true")
    parser.add_argument("--lengths", help="prompt,generated tokens of batched runs")
    parser.add_argument("--sequences", help="numbers of sequences of batched runs")
    options = parser.parse_args()
    global LENGTHS, SEQUENCES
    LENGTHS = tuple(int(n) for n in options.lengths.split(",")) if options.lengths else LENGTHS
    SEQUENCES = [int(n) for n in options.sequences.split(",")] if options.sequences else SEQUENCES

    samples = {name: {} for name in ("llama.cpp", "ffm", "jni")}
    for number in range(options.rounds):
        names = list(samples)[number % 3:] + list(samples)[:number % 3]
        for name in names:
            measured = {}
            if not options.batched_only:
                measured.update(single(name, options.model, options))
            if not options.single_only:
                for kv in ("split", "unified"):
                    measured.update(batched(name, options.model, options, kv, options.micro_batch))
            for test, values in measured.items():
                samples[name].setdefault(test, []).extend(values)
    median = {name: {test: statistics.median(values) for test, values in tests.items()} for name, tests in samples.items()}
    ratio = {name: {test: round(median[name][test] / median["llama.cpp"][test], 4) for test in median[name]}
             for name in ("ffm", "jni")}
    save("speed", {"rounds": options.rounds, "repetitions": options.repetitions, "threads": options.threads,
                   "batched": {"prompt": LENGTHS[0], "generated": LENGTHS[1], "micro_batch": options.micro_batch},
                   "samples_tokens_per_second": samples, "median": median, "ratio": ratio}, options.model)
    print(f"{'tokens/s':18} {'llama.cpp':>10} {'FFM':>10} {'ratio':>7} {'JNI':>10} {'ratio':>7}")
    for test, value in median["llama.cpp"].items():
        print(f"{test:18} {value:10.1f} {median['ffm'][test]:10.1f} {ratio['ffm'][test]:7.3f} {median['jni'][test]:10.1f} "
              f"{ratio['jni'][test]:7.3f}")


if __name__ == "__main__":
    main()
