#!/usr/bin/env python3
"""Many requests at once on this machine's GPU: the engine and llama-server against the ideal of llama-batched-bench, as benchmarks/run.py serve.

    run.sh serve [--model FILE] [--points N,N,...] [--input N] [--output N] [--rounds N] [--micro-batch N] [--goodput G]
              [--systems tokapu,llama-server] [--binding ffm|jni] [--set K=V ...]      K: settings of the engine, see LoadBench

$OUT gets serve.json and, with plots, serve.html. llama-server must be in the pack (pack.sh says how).
"""

import argparse
import json
import sys
from pathlib import Path

from common import OUT, TOOLS, WORK, java_command, save

sys.path.append(str(Path(__file__).resolve().parent.parent))
import report  # noqa: E402
import serving  # noqa: E402
from shared import setting  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, default=WORK / "8b.gguf")
    parser.add_argument("--points", default="1,8,32,64,128")
    parser.add_argument("--input", default="512")
    parser.add_argument("--output", default="128")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--per-user", type=int, default=4)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--micro-batch", type=int, default=512)
    parser.add_argument("--goodput", default="")
    parser.add_argument("--server-arguments", default="")
    parser.add_argument("--systems", default=",".join(serving.SYSTEMS))
    parser.add_argument("--binding", default="ffm")
    parser.add_argument("--set", nargs="*", default=[], type=setting)
    options = parser.parse_args()
    plan = serving.Plan(
        model=options.model, tools=TOOLS, server=TOOLS, java=java_command(options.binding, "load.LoadBench"), work=WORK,
        threads=options.threads, input=options.input, output=options.output,
        points=tuple(int(point) for point in options.points.split(",")), per_user=options.per_user, rounds=options.rounds,
        goodput=options.goodput, micro_batch=options.micro_batch, server_arguments=tuple(options.server_arguments.split()),
        engine_settings=tuple(options.set))
    result = {"binding": options.binding, **serving.measure(plan, tuple(options.systems.split(",")))}
    print(serving.table(result))
    for point, runs in result["samples"].get("tokapu", {}).items():
        print(f"steps at {point} users: {json.dumps(runs[-1].get('details'))}")
    save("serve", result, options.model)
    (OUT / "serve.html").write_text(report.page(json.loads((OUT / "serve.json").read_text())))


if __name__ == "__main__":
    main()
