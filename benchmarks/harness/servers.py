"""Servers in processes of their own: llama-server as a control, and the engine behind HTTP."""

import contextlib
import http.client
import socket
import subprocess
import time
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ServerProcess:
    """A server on a port of this machine, while it is entered."""

    START_SECONDS = 600

    def __init__(self, machine, name, port, command):
        self.port = port
        self.log = machine.work / f"{name}.log"
        self.command = [str(part) for part in command]

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
        raise SystemExit(f"the server did not start: {' '.join(self.command)}\n{self.log.read_text()[-3000:]}")

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


class LlamaServer(ServerProcess):
    """llama-server."""

    # Each request costs what it costs.
    NOTHING_KEPT = ("--no-cache-prompt", "--cache-ram", 0)

    def __init__(self, machine, tools, slots, context, arguments=(), kept=NOTHING_KEPT, kv="split"):
        """context: tokens of one slot; kept: options that say what is kept between requests."""
        port = free_port()
        program = Path(tools) / "llama-server"
        if not program.exists():
            raise SystemExit(f"{program} is not built: cmake --build --preset linux-x86_64-server")
        super().__init__(machine, "llama-server", port, (
            *machine.prefix, program, "-m", machine.model, "--host", "127.0.0.1", "--port", port, "-t", machine.threads,
            "-np", slots, "-c", slots * context, "--kv-unified" if kv == "unified" else "--no-kv-unified", "--no-ui", *kept,
            *arguments))


class EngineServer(ServerProcess):
    """The engine behind HTTP."""

    # As ./tokapu has it (cli/src/dist/prepare-dist.sh): with both compilers a server compiles for its first 30,000 tokens.
    JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

    def __init__(self, machine, binding, settings):
        """settings: of the engine, as EngineSettings reads them."""
        port = free_port()
        super().__init__(machine, "engine-server", port, (*machine.java(binding, "load.ServeEngine", *self.JVM), settings, port))
