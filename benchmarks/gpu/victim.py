#!/usr/bin/env python3
"""What a reader of an answer feels of somebody else's long prompt on this machine's GPU: the engine and llama-server, as benchmarks/run.py victim.

    run.sh victim [--model FILE] [--prompt N] [--idle N] [--answer N] [--rounds N] [--kv split,unified] [--micro-batch N]
                  [--binding ffm|jni] [--set K=V ...]      K: settings of the engine, see LoadBench

$OUT gets victim.json. llama-server must be in the pack (pack.sh says how).
"""

import argparse
import sys
from pathlib import Path

from common import TOOLS, WORK, java_command, save

sys.path.append(str(Path(__file__).resolve().parent.parent))
import gaps  # noqa: E402
from shared import setting  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, default=WORK / "8b.gguf")
    parser.add_argument("--prompt", type=int, default=8000)
    parser.add_argument("--idle", type=int, default=200)
    parser.add_argument("--answer", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kv", default="split,unified")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--micro-batch", type=int, default=512)
    parser.add_argument("--server-arguments", default="")
    parser.add_argument("--binding", default="ffm")
    parser.add_argument("--set", nargs="*", default=[], type=setting)
    options = parser.parse_args()
    plan = gaps.Plan(
        model=options.model, server=TOOLS, java=java_command(options.binding, "load.VictimBench"), work=WORK, threads=options.threads,
        prompt=options.prompt, idle=options.idle, victim=options.answer, kv=tuple(options.kv.split(",")), rounds=options.rounds,
        micro_batch=options.micro_batch, server_arguments=tuple(options.server_arguments.split()), engine_settings=tuple(options.set))
    result = {"binding": options.binding, **gaps.measure(plan)}
    print(gaps.table(result))
    save("victim", result, options.model)


if __name__ == "__main__":
    main()
