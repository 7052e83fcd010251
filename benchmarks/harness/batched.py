"""prompt processing and generation of several sequences in step, against llama-batched-bench

S_PP and S_TG are llama-batched-bench's: prompt tokens, and generated tokens, of all sequences per second. One context serves all
numbers of sequences, in the tool and in BatchedBench.
"""

from .shared import BINDINGS, CONTROL, add_kv, add_micro_batch, add_rounds, compared, comparison_table, numbers, rotated, \
    run_json_lines, say

BATCH_SIZE = 2048  # BatchedBench's


def arguments(parser, default):
    add_rounds(parser, default(5, 3))
    parser.add_argument("--sequences", type=numbers, default=default("1,4,8,16", "1,8,32,64"), help="how many (default %(default)s)")
    parser.add_argument("--prompt", type=int, default=default(128, 512), help="prompt tokens of each (default %(default)s)")
    parser.add_argument("--generated", type=int, default=default(64, 128), help="generated tokens of each (default %(default)s)")
    add_kv(parser)
    add_micro_batch(parser)


def measure(machine, options):
    samples = {name: {} for name in (CONTROL, *BINDINGS)}
    with machine.tools() as tools:
        for number in range(options.rounds):
            for kv in options.kv:
                line = []
                for name in rotated(samples, number):
                    speeds = run(machine, tools, options, name, kv)
                    for test, speed in speeds.items():
                        samples[name].setdefault(test, []).append([speed])
                    line.append(f"{name} " + " ".join(f"{speed:.0f}" for speed in speeds.values()))
                say(f"  round {number + 1}, {kv}: " + ", ".join(line))
    return compared(samples)


def run(machine, tools, options, name, kv):
    """One process: tokens per second by test."""
    sequences = ",".join(str(count) for count in options.sequences)
    if name == CONTROL:
        rows = run_json_lines([
            *machine.prefix, tools / "llama-batched-bench", "-m", machine.model, "-c",
            max(options.sequences) * (options.prompt + options.generated), "-b", BATCH_SIZE, "-ub", options.micro_batch,
            "-npp", options.prompt, "-ntg", options.generated, "-npl", sequences,
            "--kv-unified" if kv == "unified" else "--no-kv-unified", "-t", machine.threads, "--output-format", "jsonl"])
        speeds = {row["pl"]: (row["speed_pp"], row["speed_tg"]) for row in rows}
    else:
        result = run_json_lines([*machine.java(name, "BatchedBench"), machine.model, options.prompt, options.generated, sequences,
                                 machine.threads, options.micro_batch, kv])[0]
        speeds = {row["sequences"]: (row["sequences"] * options.prompt * 1e9 / row["pp_ns"],
                                     row["sequences"] * options.generated * 1e9 / row["tg_ns"]) for row in result["runs"]}
    if set(speeds) != set(options.sequences):
        raise SystemExit(f"{name} measured {sorted(speeds)} sequences, not {sorted(options.sequences)}")
    return {**{f"S_PP {kv} {count}": speed for count, (speed, _) in speeds.items()},
            **{f"S_TG {kv} {count}": speed for count, (_, speed) in speeds.items()}}


table = comparison_table
