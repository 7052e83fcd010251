"""what a GPU run shows beside speed, through both bindings

Greedy answers beside the CPU's, device memory after many cycles, two models at once, how soon a decode stops, estimates, fitting and
running out of memory. See GpuChecks.java and GpuMemoryChecks.java.
"""

import json

from .pack import WORK
from .shared import BINDINGS, run_json_lines


def arguments(parser, default):
    parser.add_argument("--small", default=str(WORK / "default.gguf"), help="the default model (default %(default)s)")


def measure(machine, options):
    result = {}
    for binding in BINDINGS:
        result[binding] = {**run_json_lines([*machine.java(binding, "GpuChecks"), options.small, machine.model])[-1],
                           **run_json_lines([*machine.java(binding, "GpuMemoryChecks"), machine.model])[-1]}
    return result


def table(result):
    return json.dumps({binding: result[binding] for binding in BINDINGS}, indent=1)
