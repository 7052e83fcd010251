"""prompt processing and generation of one sequence, against llama-bench

Each test runs in a process of its own: where the memory of a context comes to lie depends on what was allocated before, and on a
GPU that alone makes 4 % of a token.
"""

import json
import statistics

from .shared import BINDINGS, CONTROL, add_repetitions, add_rounds, compared, comparison_table, numbers, output, rotated, \
    run_json_lines, say


def arguments(parser, default):
    add_rounds(parser, default(5, 3))
    add_repetitions(parser, default(3, 5))
    parser.add_argument("--prompts", type=numbers, default=default("512", "512,2048"), help="prompt tokens (default %(default)s)")
    parser.add_argument("--generated", type=int, default=128, help="generated tokens (default %(default)s)")


def measure(machine, options):
    tests = {**{f"pp{count}": (count, 0) for count in options.prompts}, f"tg{options.generated}": (0, options.generated)}
    samples = {name: {test: [] for test in tests} for name in (CONTROL, *BINDINGS)}
    with machine.tools() as tools:
        for number in range(options.rounds):
            line = []
            for name in rotated(samples, number):
                for test, lengths in tests.items():
                    times = (llama_bench(machine, tools, options, *lengths) if name == CONTROL
                             else model_bench(machine, name, options, *lengths))
                    samples[name][test].append([sum(lengths) * 1e9 / ns for ns in times])
                line.append(f"{name} " + " / ".join(f"{statistics.median(runs[-1]):.1f}" for runs in samples[name].values()))
            say(f"  round {number + 1}: " + ", ".join(line))
    return compared(samples)


def llama_bench(machine, tools, options, prompt, generated):
    """Nanoseconds of each repetition."""
    return json.loads(output([*machine.prefix, tools / "llama-bench", "-m", machine.model, "-p", prompt, "-n", generated,
                              "-t", machine.threads, "-r", options.repetitions, "-o", "json"]))[0]["samples_ns"]


def model_bench(machine, binding, options, prompt, generated):
    # ModelBench wants at least one token of each.
    result = run_json_lines([*machine.java(binding, "ModelBench"), machine.model, max(prompt, 1), max(generated, 1),
                             options.repetitions, machine.threads])[0]
    return result["pp_ns"][str(prompt)] if prompt else result["tg_ns"]


table = comparison_table
