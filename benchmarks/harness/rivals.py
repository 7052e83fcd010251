"""greedy text of 128 tokens through other bindings

Build first: mvn package -Privals -pl benchmarks -am -DskipTests.
"""

from .shared import BINDINGS, add_repetitions, add_rounds, pooled, rotated, run_json_lines


def arguments(parser, default):
    add_rounds(parser, 5)
    add_repetitions(parser, 3)


def measure(machine, options):
    commands = {**{binding: machine.java(binding, "TextBench") for binding in BINDINGS},
                "de.kherud:llama 4.2.0": machine.java("ffm", "KherudBench")}
    samples = {name: [] for name in commands}
    for number in range(options.rounds):
        for name in rotated(commands, number):
            result = run_json_lines([*commands[name], machine.model, 128, options.repetitions, machine.threads])[-1]
            samples[name].append(result["tokens_per_second"])
    return {"median": {name: round(pooled(runs), 2) for name, runs in samples.items()}, "samples_tokens_per_second": samples}


def table(result):
    return "\n".join(f"{name:22} text of 128 tokens {value:8.2f} t/s" for name, value in result["median"].items())
