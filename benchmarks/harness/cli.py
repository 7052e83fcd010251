"""The command line: a subcommand for each measurement, and for what belongs to their results."""

import argparse
import json
import os
import sys
from pathlib import Path

from . import batched, chat, checks, copies, embed, figures, foreign_load, gguf_check, http_cost, http_pairs, integrations, interference, \
    jmh, overload, page, prefix, random_model, rivals, serve, speculation, speed, start, start_serve, state, structured, suite
from .checkout import Checkout
from .pack import Pack
from .shared import say, settings

EVERYWHERE = {"speed": speed, "batched": batched, "serve": serve, "interference": interference, "overload": overload,
              "prefix": prefix, "speculation": speculation, "copies": copies, "structured": structured, "embed": embed,
              "http-pairs": http_pairs}
CHECKOUT = {**EVERYWHERE, "foreign-load": foreign_load, "http-cost": http_cost, "start": start, "start-serve": start_serve,
            "gguf-check": gguf_check, "state": state, "chat": chat, "integrations": integrations, "rivals": rivals, "jmh": jmh}
PACK = {**EVERYWHERE, "checks": checks, "suite": suite, "suite-cpu": suite}
TOOLS = {"figures": figures, "page": page, "random-model": random_model}
DESCRIPTION = """Measures Tokapu beside llama.cpp's own tools, built from the same tree: interleaved rounds, medians, ratios."""
EPILOG = """COMMAND --help lists the options of a command; with --remote what runs on a machine that gpu/run.sh has set up, and the defaults
there. Results go to benchmarks/results/ as JSON with machine, model and commit (--remote: to $OUT). Build by make bench or
scripts/bench.sh first; serve, foreign-load, http-cost, start-serve, interference, prefix, speculation, structured, embed and chat want
llama-server:
cmake --build --preset linux-x86_64-server."""


def add_command(commands, name, module):
    return commands.add_parser(name, help=module.__doc__.splitlines()[0], description=module.__doc__,
                               formatter_class=argparse.RawDescriptionHelpFormatter)


def parser(remote):
    def default(checkout, pack):
        return pack if remote else checkout

    result = argparse.ArgumentParser(prog="run.py", description=DESCRIPTION, epilog=EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument("--remote", action="store_true", help=argparse.SUPPRESS)
    commands = result.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in default(CHECKOUT, PACK).items():
        command = add_command(commands, name, module)
        command.set_defaults(run=lambda options, module=module: measure(module, options))
        module.arguments(command, default)
        command.add_argument("--threads", type=int, default=default(os.cpu_count(), 8), help="compute threads (default %(default)s)")
        command.add_argument("--model", type=Path, help="a GGUF file (default: " + default("the default model)", "8b.gguf)"))
        command.add_argument("--tools", type=Path, help="the folder of llama.cpp's tools (default: of the build)")
        command.add_argument("--prefix", default="", help="a command before each measured program, such as 'chrt -r 10' on a machine "
                                                          "that has other work")
        command.add_argument("--no-save", action="store_true", help="print only")
        command.add_argument("--remote", action="store_true", default=remote, help="on a machine that gpu/run.sh has set up")
    for name, module in TOOLS.items():
        command = add_command(commands, name, module)
        command.set_defaults(run=module.run)
        module.arguments(command)
    return result


def measure(module, options):
    if hasattr(module, "prepare"):
        module.prepare(options)
    machine = (Pack if options.remote else Checkout)(options)
    report = machine.header()
    say(f"{options.command}: {machine.threads} threads, " + ", ".join(
        f"{key} {listed(value)}" for key, value in settings(options).items() if value not in ("", [])))
    result = {**settings(options), **module.measure(machine, options)}
    print(module.table(result))
    report[options.command] = result
    if not options.no_save:
        file = machine.save(options.command, report)
        say(f"written to {file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}")
        if module is serve:
            file.with_suffix(".html").write_text(page.page(json.loads(file.read_text())))
    if module is suite and suite.failed(result):
        sys.exit(1)


def listed(value):
    return ",".join(str(item) for item in value) if isinstance(value, tuple) else value


def main():
    options = parser("--remote" in sys.argv[1:]).parse_args()
    options.run(options)
