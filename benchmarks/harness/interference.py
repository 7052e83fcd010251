"""the inter-token latency of one answer while somebody else's long prompt is prefilled, against llama-server

The systems are the engine with each of the KV caches, and llama-server; each has two slots. "per token" is p99/idle where a latency
of n tokens that came together counts as n latencies. The answer grows meanwhile, and with it what its tokens take: "p50 after" is of
the tokens after the long prompt's answer.
"""

import statistics

from .servers import LlamaServer
from .shared import add_engine, add_kv, add_rounds, add_server, engine_settings, rotated, run_json_lines, say

SERVER = "llama-server"
SLOTS, ANSWER_PROMPT, CONTEXT_SLACK = 2, 32, 16  # InterferenceBench's prompt


def arguments(parser, default):
    add_rounds(parser, default(5, 3))
    parser.add_argument("--prompt", type=int, default=default(6000, 8000), help="tokens of the long prompt (default %(default)s)")
    parser.add_argument("--idle", type=int, default=200, help="tokens of the answer before it (default %(default)s)")
    parser.add_argument("--answer", type=int, default=6000,
                        help="tokens of the answer, more than come until the prompt is prefilled (default %(default)s)")
    add_kv(parser)
    add_engine(parser)
    add_server(parser)


def context(options):
    """Tokens of one slot."""
    return max(options.prompt, ANSWER_PROMPT + options.answer) + CONTEXT_SLACK


def run(machine, tools, options, kv):
    """One run in processes of its own; kv: of the engine, None for llama-server."""
    java = machine.java(options.binding, "load.InterferenceBench")
    lengths = [options.prompt, options.idle, options.answer]
    if kv:
        settings = {"model": machine.model, "slots": SLOTS, "context": context(options), "micro-batch": options.micro_batch,
                    "threads": machine.threads, "kv": kv, **dict(options.engine_settings)}
        return run_json_lines([*java, "engine", engine_settings(settings), *lengths])[0]
    with LlamaServer(machine, tools, SLOTS, context(options), ["-ub", options.micro_batch, *options.server_arguments]) as server:
        return run_json_lines([*java, server.url, machine.model.stem, *lengths])[0]


def measure(machine, options):
    systems = {**{f"tokapu {kv}": kv for kv in options.kv}, SERVER: None}
    samples = {name: [] for name in systems}
    with machine.tools(server=True) as tools:
        for number in range(options.rounds):
            line = []
            for name in rotated(systems, number):
                sample = run(machine, tools, options, systems[name])
                samples[name].append(sample)
                line.append(f"{name} {sample['idle_p50_ms']:.1f} ms, then p99 {sample['during_p99_ms']:.1f} ms "
                            f"({sample['p99_by_idle_median']:.1f} x) for {sample['prompt_seconds']:.1f} s")
            say(f"  round {number + 1}: " + "; ".join(line))
    median = {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in samples.items()}
    return {"median": median, "samples": samples}


def table(result):
    lines = [f"{'ITL, ms':16} {'idle p50':>9} {'p99':>9} {'then p50':>9} {'p99':>9} {'max':>9} {'count':>6} {'p50/idle':>9} "
             f"{'p99/idle':>9} {'per token':>9} {'p50 after':>9} {'p99/after':>9} {'prompt s':>9}"]
    for name, values in result["median"].items():
        lines.append(
            f"{name:16} {values['idle_p50_ms']:9.2f} {values['idle_p99_ms']:9.2f} {values['during_p50_ms']:9.2f} "
            f"{values['during_p99_ms']:9.2f} {values['during_max_ms']:9.2f} {values['during_count']:6.0f} "
            f"{values['p50_by_idle_median']:9.2f} {values['p99_by_idle_median']:9.2f} {values['p99_per_token_by_idle_median']:9.2f} "
            f"{values['after_p50_ms']:9.2f} {values['p99_by_after_median']:9.2f} {values['prompt_seconds']:9.2f}")
    return "\n".join(lines)
