"""embeddings: texts per second by their length, against llama-server's /v1/embeddings and ONNX Runtime

The same texts, some at a time in one call: an Embedder with a context of its own, our server, and llama-server, on the same libraries.
The model is all-MiniLM-L6-v2 (test-support/src/main/python/minilm.py) unless --model names another embedding model.
The system onnx is the same model (F32) in ONNX Runtime, in a JVM as well: scripts/bench.sh embed
--systems llama-server,tokapu-http,tokapu,onnx
"""

import contextlib
import statistics
import subprocess
import sys
from pathlib import Path

from .checkout import NATIVE, ROOT
from .servers import EngineServer, LlamaServer
from .shared import BINDINGS, add_micro_batch, add_repetitions, add_rounds, add_server, engine_settings, numbers, rotated, \
    run_json_lines, say, words

# Texts of a call have about so many tokens together, and there are at least and at most so many of them.
CALL_TOKENS = 16384
LEAST, MOST = 64, 1024
CONTEXT = 512
ONNX = "onnx"


def arguments(parser, default):
    add_rounds(parser, default(5, 3))
    add_repetitions(parser, 3)
    parser.add_argument("--lengths", type=numbers, default="1,4,16,64,256", help="words of a text (default %(default)s)")
    parser.add_argument("--slots", type=int, default=32, help="texts that a server computes at a time (default %(default)s)")
    parser.add_argument("--systems", type=words, default=",".join(DEFAULT_SYSTEMS),
                        help=f"of {', '.join(SYSTEMS)} (default %(default)s)")
    parser.add_argument("--binding", choices=BINDINGS, default="ffm", help="of ours (default %(default)s)")
    add_micro_batch(parser)
    add_server(parser)


def prepare(options):
    """Before the machine is looked at."""
    if not options.model and not options.remote:
        options.model = minilm()


def measure(machine, options):
    unknown = set(options.systems) - set(SYSTEMS)
    if unknown:
        raise SystemExit(f"unknown systems {', '.join(sorted(unknown))}; there are {', '.join(SYSTEMS)}")
    samples = {name: {str(length): [] for length in options.lengths} for name in options.systems}
    with machine.tools(server=True) as tools:
        for number in range(options.rounds):
            for name in rotated(options.systems, number):
                with SYSTEMS[name](machine, tools, options) as target:
                    for length in options.lengths:
                        samples[name][str(length)].append(bench(machine, options, target, length))
                say(f"  round {number + 1}: {name} " + " / ".join(
                    f"{statistics.median(runs[-1]):.1f}" for runs in samples[name].values()))
    return summary(samples)


def minilm():
    """The model in the cache, F16."""
    gguf_py = Path((NATIVE / "llama-source.path").read_text().strip()) / "gguf-py"
    script = ROOT / "test-support/src/main/python/minilm.py"
    result = subprocess.run([sys.executable, script, gguf_py], check=True, stdout=subprocess.PIPE, text=True)
    return Path(result.stdout.splitlines()[-1]) / "all-MiniLM-L6-v2.F16.gguf"


def bench(machine, options, target, length):
    """Texts per second of each repetition."""
    count = min(MOST, max(LEAST, CALL_TOKENS // (length + 2)))
    main = "OnnxEmbedBench" if target == ONNX else "EmbedBench"
    return run_json_lines([*machine.java(options.binding, main), target, machine.model, length, count, options.repetitions,
                           machine.threads, options.micro_batch])[0]["texts_per_second"]


def onnx(*_):
    """No server either: ONNX Runtime in the process of OnnxEmbedBench."""
    return contextlib.nullcontext(ONNX)


def own(*_):
    """No server: an Embedder in the process of EmbedBench."""
    return contextlib.nullcontext("own")


@contextlib.contextmanager
def llama_server(machine, tools, options):
    with LlamaServer(machine, tools, options.slots, CONTEXT,
                     ["--embeddings", "-ub", options.micro_batch, *options.server_arguments]) as server:
        yield server.url


@contextlib.contextmanager
def engine_server(machine, _, options):
    settings = {"model": machine.model, "slots": options.slots, "micro-batch": options.micro_batch, "threads": machine.threads,
                "embeddings": "on"}
    with EngineServer(machine, options.binding, engine_settings(settings)) as server:
        yield server.url


# What is entered as the target of EmbedBench.
SYSTEMS = {"llama-server": llama_server, "tokapu-http": engine_server, "tokapu": own, "onnx": onnx}
DEFAULT_SYSTEMS = ("llama-server", "tokapu-http", "tokapu")


def summary(samples):
    """samples: by system and length, the texts per second of each round's repetitions."""
    median = {name: {length: statistics.median([value for run in runs for value in run]) for length, runs in lengths.items()}
              for name, lengths in samples.items()}
    control = median.get("llama-server", {})
    return {"median": median,
            "ratio": {name: {length: round(value / control[length], 4) for length, value in lengths.items()}
                      for name, lengths in median.items() if control and name != "llama-server"},
            "samples_texts_per_second": samples}


def table(result):
    names = list(result["median"])
    lines = [f"{'texts/s':>10}" + "".join(f" {name:>12}" for name in names)
             + "".join(f" {name + ' x':>14}" for name in result["ratio"])]
    for length in result["median"][names[0]]:
        lines.append(f"{length + ' words':>10}" + "".join(f" {result['median'][name][length]:12.1f}" for name in names)
                     + "".join(f" {values[length]:14.3f}" for values in result["ratio"].values()))
    return "\n".join(lines)
