"""tokens per second beside other programs that compute: the engine with fixed and with adaptive threads, against llama-server

The other programs are loops that do nothing else, none, one or as many as --busy says. Systems run by turns under each load.
"""

import contextlib
import statistics
import subprocess
import sys

from . import serve
from .shared import add_engine, add_load, add_rounds, add_server, engine_settings, numbers, rotated, say

SERVER = "llama-server"
ADAPTIVE = "adaptive"


def arguments(parser, default):
    add_rounds(parser, 3)
    parser.add_argument("--busy", type=numbers, default="0,1,2", help="other programs (default %(default)s)")
    parser.add_argument("--points", type=numbers, default="1,4", help="users at once (default %(default)s)")
    add_load(parser, ("64", "256"))
    parser.set_defaults(rates=False, prefix_groups="", slots=0, requests=0, goodput="")
    parser.add_argument("--warm-up", type=int, default=4, help="requests before each load that do not count (default %(default)s)")
    add_engine(parser)
    add_server(parser)


@contextlib.contextmanager
def busy(count):
    programs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def engine(machine, options, point, number, threads):
    settings = {"model": machine.model, "slots": serve.slots(options, point), "context": serve.context(options),
                "micro-batch": options.micro_batch, "threads": threads, **dict(options.engine_settings)}
    return serve.load_bench(machine, options, point, number, "engine", "--engine", engine_settings(settings))


def systems(machine):
    """By name: the threads of the engine, 0 for adaptive ones, None for llama-server."""
    return {SERVER: None, f"{machine.threads} threads": machine.threads, "1 thread": 1, ADAPTIVE: 0}


def measure(machine, options):
    names = systems(machine)
    samples = {str(count): {str(point): {name: [] for name in names} for point in options.points} for count in options.busy}
    with machine.tools(server=True) as tools:
        for number in range(options.rounds):
            for count in options.busy:
                for point in options.points:
                    line = []
                    for name in rotated(names, number):
                        with busy(count):
                            run = (serve.llama_server(machine, tools, options, point, number) if name == SERVER
                                   else engine(machine, options, point, number, names[name]))
                        samples[str(count)][str(point)][name].append(run["output_throughput"])
                        line.append(f"{name} {run['output_throughput']:.1f}")
                    say(f"  round {number + 1}, {count} busy, {point} users: " + ", ".join(line))
    median = {count: {point: {name: statistics.median(runs) for name, runs in values.items()} for point, values in points.items()}
              for count, points in samples.items()}
    return {"median": median, "samples": samples}


def table(result):
    names = list(next(iter(next(iter(result["median"].values())).values())))
    lines = [f"{'busy':>5} {'users':>5} " + " ".join(f"{name:>14}" for name in names)]
    for count, points in result["median"].items():
        for point, values in points.items():
            lines.append(f"{count:>5} {point:>5} " + " ".join(f"{values[name]:14.1f}" for name in names))
    return "\n".join(lines)
