"""the inter-token latency of one answer while sequences are copied to host memory and back

An engine with one slot more than there are long sequences. One answer is generated all the time. Beside it the long sequences are
computed; they are saved since short requests will want their places (saves); they are restored for their next turns (restores); then other
long sequences are. Each latency counts by what was copied before the step that it waited for, as Flight Recorder has it: what waited for a
step with a request in it, or for the two after that, counts as "requests" whatever was copied, what waited for no copy as idle.
"""

import statistics

from .shared import add_engine, add_rounds, engine_settings, rotated, run_json_lines, say, words

KINDS = ("idle", "saves", "restores", "requests")
CONTEXT_SLACK = 64
QUICK_PROMPTS = 50  # times a step: prompts are not what is measured, and in small chunks take most of the answer's tokens


def arguments(parser, default):
    add_rounds(parser, default(3, 1))
    parser.add_argument("--sequences", type=int, default=default(3, 8), help="long sequences (default %(default)s)")
    parser.add_argument("--tokens", type=int, default=4000, help="tokens of each (default %(default)s)")
    parser.add_argument("--turns", type=int, default=default(3, 1), help="how often they are restored (default %(default)s)")
    parser.add_argument("--cycles", type=int, default=6,
                        help="how often there are new ones, after once that does not count (default %(default)s)")
    parser.add_argument("--idle", type=int, default=30,
                        help="tokens of the answer after each of: long sequences, short requests, restores (default %(default)s)")
    parser.add_argument("--answer", type=int, help="tokens of the answer, more than come until the end (default: an estimate)")
    # About the answer's tokens for each long sequence in a phase: the faster the device, the more steps a copy in parts takes.
    parser.set_defaults(steps=default(36, 192))
    parser.add_argument("--host-memory", type=int, default=default(4096, 32768), help="MiB (default %(default)s)")
    parser.add_argument("--kv", type=words, default="split", help="KV caches (default %(default)s)")
    add_engine(parser)


def context(options):
    """Tokens of one slot."""
    phase = options.idle + options.sequences * options.steps
    answer = options.answer or (options.cycles + 1) * (1 + 2 * options.turns) * phase
    return max(options.tokens + 2 * (options.turns + 2), answer) + CONTEXT_SLACK


def run(machine, options, kv):
    settings = {"model": machine.model, "slots": options.sequences + 1, "context": context(options), "micro-batch": options.micro_batch,
                "threads": machine.threads, "kv": kv, "kept": 0, "host-memory": options.host_memory, "save-all": "true",
                "stall": QUICK_PROMPTS,
                **dict(options.engine_settings)}
    return run_json_lines([*machine.java(options.binding, "load.CopyBench"), engine_settings(settings),
                           options.sequences, options.tokens, options.turns, options.cycles, options.idle])[0]


def measure(machine, options):
    samples = {f"tokapu {kv}": [] for kv in options.kv}
    for number in range(options.rounds):
        line = []
        for kv in rotated(options.kv, number):
            sample = run(machine, options, kv)
            samples[f"tokapu {kv}"].append(sample)
            line.append(f"tokapu {kv} {sample['idle_p50_ms']:.1f} ms, p99 beside saves {sample['saves_p99_ms']:.1f} ms "
                        f"({sample['saves_p99_by_idle_median']:.2f} x)")
        say(f"  round {number + 1}: " + "; ".join(line))
    median = {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in samples.items()}
    return {"context": context(options), "median": median, "samples": samples}


def table(result):
    lines = [f"{'ITL, ms':16} {'p50':>9} {'p99':>9} {'max':>9} {'count':>7} {'p99/idle p50':>13} {'in all, s':>10} {'copied, mean':>13}"]
    for name, values in result["median"].items():
        lines.append(f"{name}, {values['restored_tokens']:.0f} tokens restored in {values['seconds']:.1f} s")
        for kind in KINDS:
            lines.append(f"{kind:>16} {values[kind + '_p50_ms']:9.2f} {values[kind + '_p99_ms']:9.2f} "
                         f"{values[kind + '_max_ms']:9.2f} {values[kind + '_count']:7.0f} "
                         f"{values[kind + '_p99_by_idle_median']:13.2f} {values[kind + '_seconds']:10.1f} "
                         f"{values[kind + '_copied_ms']:13.2f}")
    return "\n".join(lines)
