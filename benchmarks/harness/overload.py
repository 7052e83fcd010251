"""loads of 1, 4 and 16 times what the engine's slots can do, and what becomes of each request

Three kinds of load in each round:

waits     so many users at once and a queue that takes all: every request succeeds, late
refuses   the same users and a queue as long as the slots; who is rejected comes back when the rejection says
arrivals  requests at random times, at so many times the rate that the slots alone had under "waits", whatever is answered; the same
          short queue, so that most are rejected
"""

import argparse
import statistics

from . import serve
from .shared import add_engine, add_load, add_rounds, rotated, say

KINDS = ("waits", "refuses", "arrivals")
TIMES = (1, 4, 16)
METRICS = ("output_throughput", "request_throughput", "duration", "p50_ttft_ms", "p99_ttft_ms", "p50_e2el_ms", "p99_e2el_ms")
OUTCOMES = ("completed", "rejected", "failed", "unanswered")
# LoadBench's name for a request that had not ended when its time was over.
UNANSWERED = "no end before the time limit"


def arguments(parser, default):
    add_rounds(parser, default(5, 1))
    parser.add_argument("--slots", type=int, default=default(4, 32), help="of the engine (default %(default)s)")
    add_load(parser, default(("64", "64"), ("128", "64")))
    parser.add_argument("--seconds", type=float, default=20, help="how long requests arrive at random times (default %(default)s)")
    add_engine(parser)


def load(machine, options, kind, times, number, capacity):
    """One load in a process of its own; capacity: requests per second of the slots alone."""
    queue = 100_000 if kind == "waits" else options.slots
    rates = kind == "arrivals"
    point = times * (capacity if rates else options.slots)
    requests = max(options.slots, round(point * options.seconds)) if rates else 0
    one = argparse.Namespace(**{
        **vars(options), "rates": rates, "requests": requests, "goodput": "", "prefix_groups": "",
        "engine_settings": [*options.engine_settings, ("queue", queue)]})
    sample = serve.engine(machine, None, one, point, number)
    unanswered = sample["failures"].get(UNANSWERED, 0)
    return {**sample, "failed": sample["failed"] - unanswered, "unanswered": unanswered}


def measure(machine, options):
    samples = {kind: {str(times): [] for times in TIMES} for kind in KINDS}
    for number in range(options.rounds):
        capacity = None
        for kind in KINDS:
            for times in rotated(TIMES, number):
                sample = load(machine, options, kind, times, number, capacity)
                samples[kind][str(times)].append(sample)
                say(f"  round {number + 1}, {kind}, {times} x: {sample['output_throughput']:.1f} output tokens/s, "
                    + ", ".join(f"{sample[outcome]} {outcome}" for outcome in OUTCOMES))
            if kind == "waits":
                capacity = samples[kind]["1"][-1]["request_throughput"]
    return summary(samples)


def summary(samples):
    median = {kind: {times: figures(runs) for times, runs in points.items()} for kind, points in samples.items()}
    peak = max(values["output_throughput"] for points in median.values() for values in points.values())
    for points in median.values():
        for values in points.values():
            values["of_peak"] = round(values["output_throughput"] / peak, 4)
    beyond = [values["of_peak"] for points in median.values() for times, values in points.items() if times != "1"]
    lost = sum(values["failed"] + values["unanswered"] for points in median.values() for values in points.values())
    return {"peak_output_throughput": peak, "least_of_peak": min(beyond), "neither_answered_nor_rejected": lost,
            "median": median, "samples": samples}


def figures(runs):
    """Medians of the rounds, and the sums of the outcomes."""
    return {**{metric: statistics.median(run[metric] for run in runs) for metric in METRICS},
            **{count: sum(run[count] for run in runs) for count in ("num_prompts", *OUTCOMES)}}


def table(result):
    lines = [f"{'':9} {'load':>5} {'out tok/s':>10} {'of peak':>8} {'requests':>9} {'success':>8} {'rejected':>9} {'failed':>7} "
             f"{'unanswered':>11} {'TTFT p50':>9} {'p99 ms':>9} {'E2EL p50':>9} {'p99 ms':>9}"]
    for kind, points in result["median"].items():
        for times, values in points.items():
            lines.append(
                f"{kind:9} {times + ' x':>5} {values['output_throughput']:10.1f} {values['of_peak']:8.3f} {values['num_prompts']:9} "
                f"{values['completed']:8} {values['rejected']:9} {values['failed']:7} {values['unanswered']:11} "
                f"{values['p50_ttft_ms']:9.1f} {values['p99_ttft_ms']:9.1f} {values['p50_e2el_ms']:9.1f} "
                f"{values['p99_e2el_ms']:9.1f}")
    lines.append(f"4 x and 16 x: at least {result['least_of_peak']:.3f} of the peak of {result['peak_output_throughput']:.1f} output "
                 f"tokens/s; {result['neither_answered_nor_rejected']} requests were neither answered nor rejected")
    return "\n".join(lines)
