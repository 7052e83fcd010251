#!/usr/bin/env python3
"""More than the engine can do on this machine's GPU: 1, 4 and 16 times its slots or its rate, as benchmarks/run.py overload.

    run.sh overload [--model FILE] [--slots N] [--input N] [--output N] [--per-user N] [--seconds N] [--rounds N] [--micro-batch N]
                    [--binding ffm|jni] [--set K=V ...]      K: settings of the engine, see LoadBench

$OUT gets overload.json.
"""

import argparse
import sys
from pathlib import Path

from common import TOOLS, WORK, java_command, save

sys.path.append(str(Path(__file__).resolve().parent.parent))
import overloading  # noqa: E402
import serving  # noqa: E402
from shared import setting  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, default=WORK / "8b.gguf")
    parser.add_argument("--slots", type=int, default=32)
    parser.add_argument("--input", default="128")
    parser.add_argument("--output", default="64")
    parser.add_argument("--per-user", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--micro-batch", type=int, default=512)
    parser.add_argument("--binding", default="ffm")
    parser.add_argument("--set", nargs="*", default=[], type=setting)
    options = parser.parse_args()
    plan = serving.Plan(
        model=options.model, tools=TOOLS, server=TOOLS, java=java_command(options.binding, "load.LoadBench"), work=WORK,
        threads=options.threads, input=options.input, output=options.output, slots=options.slots, per_user=options.per_user,
        rounds=options.rounds, micro_batch=options.micro_batch, engine_settings=tuple(options.set))
    result = {"binding": options.binding, **overloading.measure(plan, options.seconds)}
    print(overloading.table(result))
    save("overload", result, options.model)


if __name__ == "__main__":
    main()
