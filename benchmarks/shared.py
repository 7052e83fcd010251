"""What the measurements share: messages, turns, and llama-server as a control."""

import argparse
import contextlib
import http.client
import json
import socket
import subprocess
import sys
import time
from pathlib import Path


def say(text):
    print(text, file=sys.stderr, flush=True)


def rotated(items, by):
    """The items in another order in each round, so that none is always the first."""
    by %= len(items)
    return items[by:] + items[:by]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class LlamaServer:
    """llama-server on a port of this machine; nothing is kept between requests, so that each one costs what it costs."""

    START_SECONDS = 600

    def __init__(self, folder, model, threads, slots, context, log, arguments=(), prefix=()):
        self.port = free_port()
        self.log = Path(log)
        program = Path(folder) / "llama-server"
        if not program.exists():
            raise SystemExit(f"{program} is not built: cmake --build --preset linux-x86_64-server")
        self.command = [str(part) for part in (
            *prefix, program, "-m", model, "--host", "127.0.0.1", "--port", self.port, "-t", threads, "-np", slots,
            "-c", slots * context, "--no-kv-unified", "--no-ui", "--cache-ram", 0, "--no-cache-prompt", *arguments)]

    def __enter__(self):
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self):
        end = time.monotonic() + self.START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.1)
        raise SystemExit(f"llama-server did not start: {' '.join(self.command)}\n{self.log.read_text()[-3000:]}")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


def engine_settings(settings):
    """As LoadBench --engine and VictimBench want them."""
    return ",".join(f"{key}={value}" for key, value in settings.items())


def setting(text):
    """KEY=VALUE of a command line, for the engine."""
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError(f"'{text}' is no setting of the engine: give KEY=VALUE, see LoadBench --engine")
    return key, value


def run_json_lines(command):
    """Runs a program; the JSON objects among the lines of its output."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(str(part) for part in command)}\n{result.stdout[-2000:]}{result.stderr[-3000:]}")
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
