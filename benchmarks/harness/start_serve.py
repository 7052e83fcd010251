"""process start to the first byte of a streamed answer over HTTP, and peak memory after it: ./tokapu serve against llama-server

A client asks again and again, from the start of the process on, until the first event of an answer has come.
"""

import contextlib
import http.client
import json
import re
import signal
import subprocess
import time
from pathlib import Path

from .checkout import ROOT
from .servers import free_port
from .shared import add_rounds
from .start import PROMPT, in_rounds

PAUSE_SECONDS = 0.005
MOST_SECONDS = 120


def arguments(parser, default):
    add_rounds(parser, 10)


def commands(machine, tools):
    def tokapu(*more):
        return lambda port: [ROOT / "tokapu", "serve", "--quiet", "--threads", machine.threads, "--ctx", 512, "--parallel", 4,
                             "--port", port, *more]

    def llama(*more):
        return lambda port: [tools / "llama-server", "-m", machine.model, "-t", machine.threads, "-c", 4 * 512, "-np", 4, "--host",
                             "127.0.0.1", "--port", port, *more]

    return {"llama-server": llama("--no-warmup"), "llama-server with warm-up": llama(),
            "tokapu, model file": tokapu("--model", machine.model), "tokapu, model jar": tokapu(),
            "tokapu, model jar, jni": tokapu("--binding", "jni")}


def first_event(command, prefix):
    """Milliseconds from process start to the first event of an answer, and the peak resident memory in MiB after the last."""
    port = free_port()
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in [*prefix, *command(port)]], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        while process.poll() is None and time.monotonic() - start < MOST_SECONDS:
            with contextlib.suppress(OSError, http.client.HTTPException):
                taken = ask(port, start)
                if taken is not None:
                    status = Path(f"/proc/{process.pid}/status").read_text()
                    return taken * 1000, int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024
            time.sleep(PAUSE_SECONDS)
        raise SystemExit(f"no answer, exit status {process.poll()}: {command(port)}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def ask(port, start):
    """Seconds since the start when the first event was there; None where there is no answer yet. All of the answer is read."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)
    with contextlib.closing(connection):
        body = {"prompt": PROMPT, "max_tokens": 8, "temperature": 0, "stream": True}
        connection.request("POST", "/v1/completions", json.dumps(body), {"content-type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            return None
        first = response.read(1)
        taken = time.monotonic() - start
        if first + response.read() == b"" or first != b"d":
            raise SystemExit("the answer is no event stream")
        return taken


def measure(machine, options):
    with machine.tools(server=True) as tools:
        return in_rounds(machine, options, commands(machine, tools), first_event, "first_event_ms")


def table(result):
    return "\n".join(f"{name:30} first event {values['first_event_ms']:7.1f} ms   peak memory {values['peak_rss_mib']:7.1f} MiB"
                     for name, values in result["median"].items())
