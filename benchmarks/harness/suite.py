"""counts the results of gpu/suite.sh from JUnit's reports and prints them as a table; exit status 1 when a test failed"""

import xml.etree.ElementTree as ElementTree

from .pack import WORK


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


def arguments(parser, default):
    parser.set_defaults(model=WORK / "model.jar")


def measure(machine, options):
    return {"runs": {folder.name: read(folder) for folder in sorted((WORK / options.command).iterdir())}}


def table(result):
    lines = []
    for name, run in result["runs"].items():
        for failure in run["failures"]:
            lines.append(f"{name}: {failure['test']}: {(failure['message'].strip().splitlines() or [''])[0][:200]}")
    for name, run in result["runs"].items():
        lines.append(f"{name:22} {run['tests']:5} tests {len(run['failures']):4} failures   exit {run['exit']}")
    return "\n".join(lines)


def failed(result):
    return any(run["failures"] or run["exit"] or not run["tests"] for run in result["runs"].values())
