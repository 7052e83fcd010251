"""what HTTP costs: waves of requests to one engine, in process and over HTTP in turn

One process has engine and server, another one the client, which sleeps while the engine answers in process. So each pair of waves has
the same machine, engine and compiled code, and other work on it takes from both alike: medians of the pairs' ratios tell differences
that runs one after the other do not.
"""

import statistics

from .shared import add_engine, engine_settings, numbers, run_json_lines, say

CONTEXT_SLACK = 16


def arguments(parser, default):
    parser.add_argument("--points", type=numbers, default=default("1,4", "1,32"), help="users at once (default %(default)s)")
    parser.add_argument("--input", type=int, default=default(64, 512), help="tokens of a prompt (default %(default)s)")
    parser.add_argument("--output", type=int, default=default(64, 128), help="tokens of an answer (default %(default)s)")
    parser.add_argument("--pairs", type=int, default=100, help="pairs of waves (default %(default)s)")
    parser.add_argument("--warm-up", type=int, default=60, help="pairs before them (default %(default)s)")
    add_engine(parser)


def measure(machine, options):
    samples = {}
    for users in options.points:
        settings = {"model": machine.model, "slots": users, "context": options.input + options.output + CONTEXT_SLACK,
                    "micro-batch": options.micro_batch, "threads": machine.threads, "prefix-cache": "none", **dict(options.engine_settings)}
        samples[str(users)] = run_json_lines([*machine.java(options.binding, "load.HttpPairsBench"), engine_settings(settings), users,
                                              options.input, options.output, options.pairs, options.warm_up])
        say(table({"output": options.output, "median": {str(users): median(options, users, samples[str(users)])}}))
    return {"median": {users: median(options, int(users), pairs) for users, pairs in samples.items()}, "samples": samples}


def median(options, users, pairs):
    ratios = sorted(pair["in_process_seconds"] / pair["http_seconds"] for pair in pairs)
    # The interval of a median by order statistics, which needs no assumption on the distribution.
    margin = round(0.98 * len(ratios) ** 0.5)
    middle = len(ratios) // 2
    tokens = users * options.output
    return {"in_process_tokens_per_second": round(tokens / statistics.median(pair["in_process_seconds"] for pair in pairs), 1),
            "http_tokens_per_second": round(tokens / statistics.median(pair["http_seconds"] for pair in pairs), 1),
            "ratio": round(statistics.median(ratios), 4),
            "ratio_95_percent": [round(ratios[max(0, middle - margin)], 4), round(ratios[min(len(ratios) - 1, middle + margin)], 4)]}


def table(result):
    lines = [f"{'users':>6} {'in process':>11} {'HTTP':>9} {'ratio':>7} {'95 %':>15}"]
    for users, values in result["median"].items():
        low, high = values["ratio_95_percent"]
        lines.append(f"{users:>6} {values['in_process_tokens_per_second']:11.1f} {values['http_tokens_per_second']:9.1f} "
                     f"{values['ratio']:7.3f} {low:7.3f}-{high:.3f}")
    return "\n".join(lines)
