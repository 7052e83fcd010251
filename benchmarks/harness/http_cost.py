"""CPU time and wake-ups that a streamed token costs beside the model, by thread: the server over HTTP, and llama-server

LoadBench loads the server; after --warm-up tokens the threads of both processes are looked at, and again after --tokens. A figure is
the difference for each token generated in between. It is CPU time, so other work on the machine changes it little, but for --threads 1:
threads of the model that wait for each other hardly get on there.
"""

import contextlib
import http.client
import re
import statistics
import subprocess
import time
from pathlib import Path

from .checkout import jdk
from .serve import VOCABULARY, context, settings, slots
from .servers import EngineServer, LlamaServer
from .shared import add_engine, add_load, add_rounds, add_server, output, rotated, say, words

COUNTERS = {"tokapu-http": r'^tokapu_engine_tokens_total\{[^}]*type="generated"[^}]*\} (\S+)',
            "llama-server": r"^llamacpp:tokens_predicted_total (\S+)"}
# What runs whether or not the tokens leave the process.
COMPUTING = re.compile(r"compute|tokapu-engine(-\d+)?$")


def arguments(parser, default):
    add_rounds(parser, 1)
    parser.add_argument("--users", type=int, default=1, help="at once (default %(default)s)")
    parser.add_argument("--warm-up", type=int, default=5000, help="tokens before the first look (default %(default)s)")
    parser.add_argument("--tokens", type=int, default=3000, help="between the looks (default %(default)s)")
    parser.add_argument("--systems", type=words, default=",".join(COUNTERS), help="of %(default)s")
    parser.add_argument("--slots", type=int, default=0, help="of the engine and the server (default: as many as users)")
    add_load(parser, default(("64", "64"), ("512", "128")))
    parser.set_defaults(prefix_groups="")
    add_engine(parser)
    add_server(parser)


def measure(machine, options):
    samples = {name: [] for name in options.systems}
    with machine.tools(server=True) as tools:
        for number in range(options.rounds):
            for name in rotated(options.systems, number):
                samples[name].append(sample(machine, tools, options, name))
                say(table({"median": {name: samples[name][-1]}}))
    return {"median": {name: medians(runs) for name, runs in samples.items()}, "samples": samples}


def server(machine, tools, options, name):
    if name == "llama-server":
        return LlamaServer(machine, tools, slots(options, options.users), context(options),
                           ["-ub", options.micro_batch, "--metrics", *options.server_arguments])
    return EngineServer(machine, options.binding, settings(machine, options, options.users))


def sample(machine, tools, options, name):
    with server(machine, tools, options, name) as running:
        command = [*machine.java(options.binding, "load.LoadBench"), running.url, "--in", options.input, "--out", options.output,
                   "--concurrency", options.users, "--requests", 1_000_000, "--vocabulary", VOCABULARY, "--model", machine.model.stem]
        load = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            await_tokens(running.port, name, options.warm_up)
            processes = {"server": running.process.pid, "client": load.pid}
            names = {process: java_names(pid) for process, pid in processes.items() if process == "client" or name != "llama-server"}
            before, start, first = look(processes), time.monotonic(), tokens(running.port, name)
            count = await_tokens(running.port, name, first + options.tokens) - first
            after, seconds = look(processes), time.monotonic() - start
            if load.poll() is not None:
                raise SystemExit("the load ended early")
        finally:
            load.kill()
            load.wait()
    spent = {thread: [new - old for new, old in zip(figures, before.get(thread, (0, 0, 0)))] for thread, figures in after.items()}
    # llama-server's threads have one name: the busiest, as many as compute, are those of the model.
    busiest = sorted((thread for thread in spent if thread[0] not in names), key=lambda thread: -spent[thread][0])[:machine.threads]
    costs = {}
    for thread, figures in spent.items():
        process, tid = thread
        if process in names:
            role = re.sub(r"[-# ]*[0-9]+$", "", names[process].get(tid, "compute"))
        else:
            role = "compute" if thread in busiest else "http and others"
        key = f"{process} {role}"
        costs[key] = [sum(both) for both in zip(costs.get(key, (0, 0, 0)), figures)]
    return {"tokens": count, "tokens_per_second": round(count / seconds, 1),
            "threads": {key: {"cpu_us": round(values[0] / 1e3 / count, 1), "waits": round(values[1] / count, 2),
                              "preempted": round(values[2] / count, 2)}
                        for key, values in costs.items() if values[0] > 500 * count}}


def java_names(pid):
    """The names of a JVM's threads by their ids; those that are not there compute for ggml."""
    dump = output([jdk("25") + "/bin/jcmd", pid, "Thread.print"])
    return {int(nid, 0): name for name, nid in re.findall(r'^"([^"]+)".* nid=(\w+)', dump, re.MULTILINE)}


def look(processes):
    """By process and thread: nanoseconds of CPU, voluntary and involuntary switches."""
    seen = {}
    for process, pid in processes.items():
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                status = (task / "status").read_text()
                waits, preempted = (int(re.search(rf"^{kind}_ctxt_switches:\s*(\d+)", status, re.MULTILINE)[1])
                                    for kind in ("voluntary", "nonvoluntary"))
                cpu = int((task / "schedstat").read_text().split()[0])
                seen[process, int(task.name)] = (cpu, waits, preempted)
    return seen


def await_tokens(port, name, count):
    """Asks seldom: each answer is work that is measured, too."""
    start, first = time.monotonic(), tokens(port, name)
    now = first
    while now < count:
        rate = (now - first) / (time.monotonic() - start)
        time.sleep(min(60, max(2, (count - now) / rate if rate else 10)))
        now = tokens(port, name)
    return now


def tokens(port, name):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    return sum(float(value) for value in re.findall(COUNTERS[name], text, re.MULTILINE))


def medians(runs):
    keys = sorted({key for run in runs for key in run["threads"]})
    nothing = {"cpu_us": 0, "waits": 0, "preempted": 0}
    return {"tokens": sum(run["tokens"] for run in runs),
            "tokens_per_second": statistics.median(run["tokens_per_second"] for run in runs),
            "threads": {key: {figure: statistics.median(run["threads"].get(key, nothing)[figure] for run in runs) for figure in nothing}
                        for key in keys}}


def table(result):
    lines = []
    for name, values in result["median"].items():
        beside = {key: cost for key, cost in values["threads"].items() if not COMPUTING.search(key)}
        lines.append(f"{name}: {values['tokens']:.0f} tokens, {values['tokens_per_second']:.1f} a second; beside the model "
                     f"{sum(cost['cpu_us'] for cost in beside.values()):.0f} us and {sum(cost['waits'] for cost in beside.values()):.1f} "
                     "waits a token")
        lines += [f"  {key:45} {cost['cpu_us']:9.1f} us {cost['waits']:7.2f} waits {cost['preempted']:7.2f} preempted"
                  for key, cost in sorted(values["threads"].items(), key=lambda item: -item[1]["cpu_us"])]
    return "\n".join(lines)
