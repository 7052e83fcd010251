"""Counts the results of suite.sh from JUnit's reports and prints them as a table.

    suite_summary.py suite|suite-cpu
"""

import os
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import common

WORK = Path(os.environ["TOKAPU_GPU_WORK"])


def read(folder):
    """Counts and failures of one run; a run that was killed has no report and counts as a failure."""
    run = {"exit": int((folder / "exit").read_text()), "tests": 0, "failures": []}
    for file in sorted((folder / "reports").glob("TEST-*.xml")):
        for case in ElementTree.parse(file).getroot().iter("testcase"):
            run["tests"] += 1
            for problem in [*case.iter("failure"), *case.iter("error")]:
                run["failures"].append({"test": f"{case.get('classname')}.{case.get('name')}",
                                        "message": (problem.text or problem.get("message") or "")[:2000]})
            for skipped in case.iter("skipped"):
                run["failures"].append({"test": f"{case.get('classname')}.{case.get('name')}",
                                        "message": "skipped: " + (skipped.text or "")[:500]})
    return run


def main():
    name = sys.argv[1]
    runs = {folder.name: read(folder) for folder in sorted((WORK / name).iterdir())}
    common.save(name, {"runs": runs})
    for name, run in runs.items():
        for failure in run["failures"]:
            print(f"{name}: {failure['test']}: {failure['message'].strip().splitlines()[0][:200] if failure['message'].strip() else ''}")
    for name, run in runs.items():
        print(f"{name:22} {run['tests']:5} tests {len(run['failures']):4} failures   exit {run['exit']}")
    sys.exit(any(run["failures"] or run["exit"] or not run["tests"] for run in runs.values()))


if __name__ == "__main__":
    main()
