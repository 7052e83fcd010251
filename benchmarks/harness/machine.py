"""What every measurement needs of the machine it runs on, and what the results say of it."""

import datetime
import json
import os
import platform
from pathlib import Path

PACKAGE = "dev.tokapu.benchmarks."


class Machine:
    """A subclass has also work (a folder for logs), java(), tools(), facts() and result_file()."""

    def __init__(self, options, model, tools):
        """model, tools: where the command line names none."""
        self.model = options.model.resolve() if options.model else model
        self.tool_folder = options.tools.resolve() if options.tools else tools
        self.threads = options.threads
        self.prefix = options.prefix.split()

    def header(self):
        """What the results say of machine, model and commit."""
        return {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
                "machine": {"cpu": cpu(), "cores": os.cpu_count(), "memory_mib": memory_mib(), "kernel": platform.release()},
                "threads": self.threads, "prefix": " ".join(self.prefix), "load_average": os.getloadavg(),
                "model": {"file": self.model.name, "bytes": self.model.stat().st_size}, **self.facts()}

    def save(self, name, report):
        """Writes the results of a measurement and returns the file."""
        file = self.result_file(name, report)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(report, indent=2) + "\n")
        return file


def cpu():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def memory_mib():
    return int(Path("/proc/meminfo").read_text().split()[1]) // 1024
