"""What the measurements share: messages, turns, programs, medians and options of the command line."""

import argparse
import json
import statistics
import subprocess
import sys

BINDINGS = ("ffm", "jni")
# llama.cpp's own tool, in samples and ratios.
CONTROL = "llama.cpp"
KEYS_OF_RUNS = ("command", "model", "no_save", "prefix", "remote", "run", "threads", "tools")


def say(text):
    print(text, file=sys.stderr, flush=True)


def rotated(items, by):
    """The items in another order in each round, so that none is always the first."""
    items = list(items)
    by %= len(items)
    return items[by:] + items[:by]


def output(command, folder=None):
    """Runs a program and returns what it prints."""
    command = [str(part) for part in command]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{result.stdout[-2000:]}{result.stderr[-3000:]}")
    return result.stdout.strip()


def run_json_lines(command):
    """Runs a program; the JSON objects among the lines of its output."""
    return [json.loads(line) for line in output(command).splitlines() if line.startswith("{")]


# --- results ---------------------------------------------------------------------------------------------------------

def settings(options):
    """What belongs to the results of a measurement."""
    return {key: value for key, value in vars(options).items() if key not in KEYS_OF_RUNS}


def pooled(runs):
    """The median of all repetitions of all rounds."""
    return statistics.median([sample for run in runs for sample in run])


def compared(samples):
    """Medians, and their ratios to llama.cpp's, by system and test; samples: by system and test, the values of each round."""
    median = {name: {test: pooled(runs) for test, runs in tests.items()} for name, tests in samples.items()}
    ratio = {name: {test: round(value / median[CONTROL][test], 4) for test, value in tests.items()}
             for name, tests in median.items() if name != CONTROL}
    return {"median": median, "ratio": ratio, "samples_tokens_per_second": samples}


def comparison_table(result):
    median, ratio = result["median"], result["ratio"]
    lines = [f"{'tokens/s':18} {CONTROL:>10}" + "".join(f" {name:>10} {'ratio':>7}" for name in ratio)]
    for test, control in median[CONTROL].items():
        lines.append(f"{test:18} {control:10.1f}"
                     + "".join(f" {median[name][test]:10.1f} {ratio[name][test]:7.3f}" for name in ratio))
    return "\n".join(lines)


# --- options ---------------------------------------------------------------------------------------------------------

def numbers(text):
    return tuple(float(number) if "." in number else int(number) for number in text.split(","))


def words(text):
    return tuple(text.split(","))


def setting(text):
    """KEY=VALUE of a command line, for the engine."""
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError(f"'{text}' is no setting of the engine: give KEY=VALUE, see LoadBench --engine")
    return key, value


def engine_settings(values):
    """As LoadBench --engine and InterferenceBench want them."""
    return ",".join(f"{key}={value}" for key, value in values.items())


def add_rounds(parser, count):
    parser.add_argument("--rounds", type=int, default=count, help="interleaved rounds (default %(default)s)")


def add_repetitions(parser, count):
    parser.add_argument("--repetitions", type=int, default=count, help="repetitions in each run (default %(default)s)")


def add_micro_batch(parser, size=512):
    parser.add_argument("--micro-batch", type=int, default=size, help="llama.cpp's n_ubatch (default %(default)s)")


def add_kv(parser):
    parser.add_argument("--kv", type=words, default="split,unified", help="the KV caches (default %(default)s)")


def add_engine(parser, micro_batch=512):
    add_micro_batch(parser, micro_batch)
    parser.add_argument("--binding", choices=BINDINGS, default="ffm", help="of the engine (default %(default)s)")
    parser.add_argument("--set", dest="engine_settings", nargs="+", action="extend", default=[], type=setting, metavar="KEY=VALUE",
                        help="settings of the engine, see LoadBench --engine")


def add_server(parser):
    parser.add_argument("--server-arguments", type=str.split, default=[], help="further arguments of llama-server")


def add_load(parser, lengths):
    """lengths: tokens of a prompt and of an answer, where the command line gives none."""
    parser.add_argument("--input", default=lengths[0], help="tokens of a prompt: N, N-M, or N~M of which most are short (default %(default)s)")
    parser.add_argument("--output", default=lengths[1], help="tokens of an answer, likewise (default %(default)s)")
    parser.add_argument("--per-user", type=int, default=4, help="requests of each user (default %(default)s)")
