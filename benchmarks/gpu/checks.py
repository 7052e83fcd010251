#!/usr/bin/env python3
"""What a GPU run shows beside speed, through both bindings: greedy answers beside the CPU's, device memory after many cycles, two models
at once, how soon a decode stops, estimates, fitting and running out of memory. See GpuChecks.java and GpuMemoryChecks.java.

    run.sh checks [DEFAULT-MODEL LARGE-MODEL]
"""

import json
import sys

from common import WORK, save
from speed import java


def main():
    small, large = sys.argv[1:] or (WORK / "default.gguf", WORK / "8b.gguf")
    report = {}
    for binding in ("ffm", "jni"):
        report[binding] = {**java(binding, "GpuChecks", small, large), **java(binding, "GpuMemoryChecks", large)}
        print(json.dumps(report[binding], indent=1))
    save("checks", report, large)


if __name__ == "__main__":
    main()
