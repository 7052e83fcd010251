"""what spans and metrics, and the integration of a framework, cost for each request, against the engine alone

The same conversation with the same short greedy answer, by turns: through the engine, the engine with OpenTelemetry's spans, with its spans
and metrics, and through LangChain4j, Spring AI and Kotlin's coroutines, whole and streamed. Quarkus has LangChain4j's models. The prompt is
cached after the first time, so that little is left but the integration and the steps of the answer.
"""

import statistics

from .shared import BINDINGS, add_rounds, rotated, run_json_lines, say

ENGINE = "engine"


def arguments(parser, default):
    add_rounds(parser, default(3, 3))
    parser.add_argument("--requests", type=int, default=100, help="of each kind in a run (default %(default)s)")
    parser.add_argument("--warm-up", type=int, default=30, help="requests of each kind that do not count (default %(default)s)")
    parser.add_argument("--tokens", type=int, default=16, help="of an answer (default %(default)s)")


def measure(machine, options):
    samples = {binding: [] for binding in BINDINGS}
    for number in range(options.rounds):
        for binding in rotated(samples, number):
            command = [*machine.java(binding, "integration.IntegrationBench"), machine.model, options.warm_up + options.requests, options.tokens,
                       machine.threads]
            run = {name: values[options.warm_up:] for name, values in run_json_lines(command)[0].items()}
            samples[binding].append(run)
            say(f"  round {number + 1}: {binding} " + ", ".join(f"{name} {statistics.median(values):.2f} ms" for name, values in run.items()))
    return summary(samples)


def summary(samples):
    result = {"median_ms": {}, "overhead_ms": {}, "ratio": {}, "samples": samples}
    for binding, runs in samples.items():
        median = {name: statistics.median(value for run in runs for value in run[name]) for name in runs[0]}
        alone = median[ENGINE]
        # Of each request, with the one of the engine beside it: the machine's speed changes.
        overhead = {name: statistics.median(value - base for run in runs for value, base in zip(run[name], run[ENGINE]))
                    for name in median if name != ENGINE}
        result["median_ms"][binding] = median
        result["overhead_ms"][binding] = overhead
        result["ratio"][binding] = {name: round(1 + value / alone, 4) for name, value in overhead.items()}
    return result


def table(result):
    lines = [f"{'':6} {'':24} {'ms':>9} {'overhead ms':>12} {'ratio':>7}"]
    for binding, median in result["median_ms"].items():
        for name, value in median.items():
            rest = "" if name == ENGINE else f" {result['overhead_ms'][binding][name]:12.3f} {result['ratio'][binding][name]:7.4f}"
            lines.append(f"{binding:6} {name:24} {value:9.3f}{rest}")
    return "\n".join(lines)
