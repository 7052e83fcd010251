"""the JMH benchmarks: FFM on 25, JNI on 25 and on 17"""

import json
import subprocess

from .checkout import ROOT

JVMS = {"jdk25-ffm": (25, "ffm"), "jdk25-jni": (25, "jni"), "jdk17-jni": (17, "jni")}


def arguments(parser, default):
    parser.add_argument("pattern", nargs="?", default=".*", metavar="REGEX", help="which (default: all)")


def measure(machine, options):
    result = {}
    for name, (version, binding) in JVMS.items():
        report = machine.work / f"jmh-{name}.json"
        subprocess.run([*machine.jvm(version, binding), "org.openjdk.jmh.Main", options.pattern, "-rf", "json", "-rff", report,
                        "-v", "SILENT", "-foe", "true"], check=True, cwd=ROOT)
        result[name] = {}
        for entry in json.loads(report.read_text()):
            parameters = "".join(f" {value}" for value in entry.get("params", {}).values())
            metric = entry["primaryMetric"]
            benchmark = ".".join(entry["benchmark"].split(".")[-2:]) + parameters
            result[name][benchmark] = {"score": metric["score"], "error": metric["scoreError"], "unit": metric["scoreUnit"]}
    return result


def table(result):
    return "\n".join(f"{name:10} {benchmark:45} {values['score']:12.3f} {values['unit']}"
                     for name in JVMS for benchmark, values in result[name].items())
