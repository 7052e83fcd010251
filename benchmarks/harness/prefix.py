"""prompts that begin alike: the engine's prefix cache against none, and against llama-server with its own

PrefixBench runs six scenarios against the engine with and without its cache and llama-server with prompts kept in slots and RAM:

shared         requests at once with a long prefix in common
branches       branches of a sequence that still generates
conversations  users who think between their turns, with KV cache for a quarter of them; with conversations.think=0 all ask at once
agents         tool loops whose context grows with each round
restart        conversations that go on after a restart, one after another: the engine alone, from its files or not
unshared       prompts of many lengths with nothing in common: what the cache costs

Conversations run on two more engines: "tokapu many" has as many sequences as there are conversations, in the unified KV cache of those
few at their full length ("kvTokens"); "tokapu endless" has KV cache for all, which shows what is due to its lack.

"of ideal" is what was prefilled by what would be prefilled if nothing were ever forgotten. Ratios are medians over the rounds, above 1
where the engine with the cache is better.
"""

import statistics
import tempfile

from .servers import LlamaServer
from .shared import add_engine, add_rounds, add_server, engine_settings, rotated, run_json_lines, say, words

RESTART = "restart"
CONVERSATIONS = "conversations"
CACHE, NONE, SERVER = "tokapu", "tokapu without", "llama-server"
MANY, ENDLESS = "tokapu many", "tokapu endless"
SYSTEMS = (CACHE, MANY, ENDLESS, NONE, SERVER)
# Of each scenario, "slots" are those of the engine and the server; the rest is PrefixBench's. Users without prefixes in common leave slots
# idle, which the cache fills: what it keeps lies between the sequences that generate.
SMALL = {
    "shared": {"slots": 8, "requests": 16, "prefix": 512, "own": 32, "output": 16},
    "branches": {"slots": 8, "branches": 4, "prefix": 1000, "begun": 16, "own": 16, "output": 16, "live": 192},
    "conversations": {"slots": 8, "conversations": 32, "turns": 6, "shared": 40, "own": 48, "output": 16, "think": 20000},
    "agents": {"slots": 4, "loops": 4, "rounds": 4, "shared": 256, "own": 256, "result": 48, "output": 16, "tool": 200},
    "restart": {"slots": 4, "conversations": 6, "begun": 1500, "own": 16, "output": 16},
    "unshared": {"slots": 8, "users": 4, "requests": 6, "own": 64, "output": 64, "most": 256}}
LARGE = {
    "shared": {"slots": 64, "requests": 64, "prefix": 4000, "own": 64, "output": 64},
    "branches": {"slots": 8, "branches": 4, "prefix": 2000, "begun": 16, "own": 16, "output": 64, "live": 1024},
    "conversations": {"slots": 8, "conversations": 32, "turns": 6, "shared": 40, "own": 192, "output": 64, "think": 10000},
    "agents": {"slots": 16, "loops": 16, "rounds": 8, "shared": 2000, "own": 4000, "result": 192, "output": 64, "tool": 500},
    "restart": {"slots": 8, "conversations": 16, "begun": 8000, "own": 64, "output": 64},
    "unshared": {"slots": 64, "users": 32, "requests": 16, "own": 220, "output": 190, "most": 1024}}
# llama-server's --slot-prompt-similarity. Loops that have a system prompt in common would overwrite each other's slots with less: above
# it a loop takes its own slot, below it what is in the slot goes to RAM first.
SIMILARITY = {"agents": 0.9}
USUAL_SIMILARITY = 0.1
CONTEXT_SLACK = 16
LEAST_CONTEXT = 256  # PrefixBench warms up with 216 tokens
METRICS = ("p50_ttft_ms", "p99_ttft_ms", "output_throughput", "prefilled_tokens", "ideal_tokens", "prompt_tokens", "most_prefilled")
# Whether less is better.
COMPARED = {"p50_ttft_ms": True, "p99_ttft_ms": True, "prefilled_tokens": True, "output_throughput": False}


def size(text):
    """SCENARIO.KEY=N of the command line."""
    key, _, number = text.partition("=")
    scenario, _, name = key.partition(".")
    if name not in SMALL.get(scenario, {}):
        raise ValueError(text)
    return scenario, name, int(number)


def arguments(parser, default):
    add_rounds(parser, default(2, 3))
    parser.add_argument("--scenarios", type=words, default=",".join(SMALL), help="what to run (default %(default)s)")
    parser.add_argument("--large", action="store_true", default=default(False, True),
                        help="sizes for a GPU of 80 GiB and more" + default("", " (the default here)"))
    parser.add_argument("--sizes", nargs="+", action="extend", default=[], type=size, metavar="SCENARIO.KEY=N",
                        help="other sizes, as in conversations.turns=6 agents.slots=16")
    parser.add_argument("--kv", type=words, default=default("split", "split,unified"),
                        help="KV caches of engine and server (default %(default)s)")
    parser.add_argument("--systems", type=words, default=",".join(SYSTEMS), help="(default %(default)s)")
    parser.add_argument("--cache-ram", type=int, default=default(8192, 65536),
                        help="MiB of host memory for prompts, of the engine with its cache and llama-server (default %(default)s)")
    parser.add_argument("--similarity", type=float,
                        help=f"llama-server's --slot-prompt-similarity (default {USUAL_SIMILARITY}, agents {SIMILARITY['agents']})")
    add_engine(parser)
    add_server(parser)


def sizes(options, scenario):
    changed = {name: number for of, name, number in options.sizes if of == scenario}
    return {**(LARGE if options.large else SMALL)[scenario], **changed}


def context(scenario, of):
    """Tokens of one slot."""
    tokens = {"shared": lambda: of["prefix"] + of["own"] + of["output"],
              "branches": lambda: of["prefix"] + max(of["live"], of["begun"] + of["own"] + of["output"]),
              "conversations": lambda: of["shared"] + of["turns"] * (of["own"] + of["output"]),
              "agents": lambda: of["shared"] + of["own"] + of["rounds"] * (of["result"] + of["output"]),
              "restart": lambda: of["begun"] + 2 * of["output"] + of["own"],
              "unshared": lambda: 2 * of["most"]}
    return max(LEAST_CONTEXT, tokens[scenario]() + CONTEXT_SLACK)


def run(machine, tools, options, scenario, name, kv, number):
    """One run in processes of its own."""
    of = sizes(options, scenario)
    java = machine.java(options.binding, "prefix.PrefixBench")
    load = [scenario, engine_settings(of), 1 + number]
    if name == SERVER:
        similarity = SIMILARITY.get(scenario, USUAL_SIMILARITY) if options.similarity is None else options.similarity
        kept = ("--cache-prompt", "--cache-ram", options.cache_ram, "--slot-prompt-similarity", similarity)
        with LlamaServer(machine, tools, of["slots"], context(scenario, of),
                         ["-ub", options.micro_batch, *options.server_arguments], kept=kept, kv=kv) as server:
            return run_json_lines([*java, server.url, "-", *load])[0]
    settings = {"model": machine.model, "slots": of["slots"], "context": context(scenario, of), "micro-batch": options.micro_batch,
                "threads": machine.threads, "kv": kv, "prefix-cache": "none" if name == NONE else "on",
                "host-memory": options.cache_ram, **dict(options.engine_settings)}
    if name in (MANY, ENDLESS):
        settings["slots"] = of["conversations"]
    if name == MANY:
        settings["kv-tokens"] = of["slots"] * context(scenario, of)
    if scenario != RESTART:
        return run_json_lines([*java, "engine", engine_settings(settings), *load])[0]
    with tempfile.TemporaryDirectory(dir=machine.work) as folder:
        return run_json_lines([*java, "engine", engine_settings({**settings, "disk": folder}), *load])[0]


def runs_on(scenario, name, kv):
    if name == SERVER:
        return scenario != RESTART  # it keeps nothing by itself
    return name not in (MANY, ENDLESS) or (scenario == CONVERSATIONS and (name == ENDLESS or kv == "unified"))


def measure(machine, options):
    unknown = (set(options.scenarios) - set(SMALL)) | (set(options.systems) - set(SYSTEMS))
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; the scenarios are {', '.join(SMALL)}, "
                         f"the systems {', '.join(SYSTEMS)}")
    systems = [(name, kv) for kv in options.kv for name in options.systems]
    samples = {scenario: {f"{name} {kv}": [] for name, kv in systems} for scenario in options.scenarios}
    with machine.tools(server=SERVER in options.systems) as tools:
        for number in range(options.rounds):
            for scenario in options.scenarios:
                line = []
                for name, kv in rotated(systems, number):
                    if not runs_on(scenario, name, kv):
                        continue
                    sample = run(machine, tools, options, scenario, name, kv, number)
                    samples[scenario][f"{name} {kv}"].append(sample)
                    line.append(f"{name} {kv} {sample['prefilled_tokens']} prefilled, TTFT p50 {sample['p50_ttft_ms']:.0f} ms, "
                                f"{sample['output_throughput']:.1f} tokens/s")
                say(f"  round {number + 1}, {scenario}: " + "; ".join(line))
    used = {scenario: sizes(options, scenario) for scenario in options.scenarios}
    return {"used_sizes": used, "median": {scenario: medians(runs) for scenario, runs in samples.items()},
            "ratio": {scenario: ratios(runs, options) for scenario, runs in samples.items()}, "samples": samples}


# --- results ---------------------------------------------------------------------------------------------------------

def medians(systems):
    values = {name: {metric: statistics.median(run[metric] for run in runs) for metric in METRICS}
              for name, runs in systems.items() if runs}
    for row in values.values():
        row["prefilled_by_ideal"] = round(row["prefilled_tokens"] / row["ideal_tokens"], 4)
    return values


def ratios(systems, options):
    """Of the engine with the cache, by KV cache and by what it is compared with; above 1 it is better."""
    result = {}
    for name, kv in [(CACHE, kv) for kv in options.kv] + [(MANY, kv) for kv in options.kv]:
        own = systems.get(f"{name} {kv}", [])
        for other in (NONE, SERVER):
            theirs = systems.get(f"{other} {kv}", [])
            if own and theirs:
                result.setdefault(kv if name == CACHE else "many", {})[other] = {
                    metric: round(statistics.median(b[metric] / a[metric] if less else a[metric] / b[metric]
                                                    for a, b in zip(own, theirs)), 4)
                    for metric, less in COMPARED.items()}
    return result


def table(result):
    lines = [f"{'':14} {'':24} {'prefilled':>10} {'of ideal':>9} {'most':>6} {'TTFT p50':>9} {'p99 ms':>9} {'out tok/s':>10}"]
    for scenario, systems in result["median"].items():
        for name, values in systems.items():
            lines.append(f"{scenario:14} {name:24} {values['prefilled_tokens']:10.0f} {values['prefilled_by_ideal']:9.3f} "
                         f"{values['most_prefilled']:6.0f} {values['p50_ttft_ms']:9.1f} {values['p99_ttft_ms']:9.1f} "
                         f"{values['output_throughput']:10.1f}")
        for kv, others in result["ratio"][scenario].items():
            for other, values in others.items():
                lines.append(f"{'':14} {kv + ', x ' + other:24} {values['prefilled_tokens']:10.2f} {'':9} {'':6} "
                             f"{values['p50_ttft_ms']:9.2f} {values['p99_ttft_ms']:9.2f} {values['output_throughput']:10.3f}")
    return "\n".join(lines)
