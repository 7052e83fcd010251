"""the inter-token latency of one answer while sequences are copied to host memory and back

An engine with one slot more than there are long sequences. One answer is generated all the time: with nobody beside it (idle), while
the long sequences are saved since short requests want their places (saves), and while they are restored for their next turns
(restores); then for other long sequences. While a request itself is computed, with or without copies for the next one, counts as "requests".
"""

import statistics

from .shared import add_engine, add_rounds, engine_settings, rotated, run_json_lines, say, words

PHASES = ("saves", "restores", "requests")
QUIET, CONTEXT_SLACK = 50, 64  # CopyBench's tokens between phases


def arguments(parser, default):
    add_rounds(parser, default(3, 1))
    parser.add_argument("--sequences", type=int, default=default(3, 8), help="long sequences (default %(default)s)")
    parser.add_argument("--tokens", type=int, default=default(1000, 4000), help="tokens of each (default %(default)s)")
    parser.add_argument("--cycles", type=int, default=6,
                        help="how often all are saved and restored, after once that does not count (default %(default)s)")
    parser.add_argument("--idle", type=int, default=200, help="tokens of the answer before that (default %(default)s)")
    parser.add_argument("--answer", type=int, help="tokens of the answer, more than come until the end (default: an estimate)")
    # About the answer's tokens for each long sequence in a phase: the faster the device, the more steps a copy in parts takes.
    parser.set_defaults(steps=default(24, 192))
    parser.add_argument("--host-memory", type=int, default=default(4096, 32768), help="MiB (default %(default)s)")
    parser.add_argument("--kv", type=words, default="split", help="KV caches (default %(default)s)")
    add_engine(parser)


def context(options):
    """Tokens of one slot."""
    phase = QUIET + options.sequences * options.steps
    answer = options.answer or options.idle + (options.cycles + 1) * 3 * phase
    return max(options.tokens + 2 * (options.cycles + 2), answer) + CONTEXT_SLACK


def run(machine, options, kv):
    settings = {"model": machine.model, "slots": options.sequences + 1, "context": context(options), "micro-batch": options.micro_batch,
                "threads": machine.threads, "kv": kv, "kept": 0, "host-memory": options.host_memory, "save-all": "true",
                **dict(options.engine_settings)}
    return run_json_lines([*machine.java(options.binding, "load.CopyBench"), engine_settings(settings),
                           options.sequences, options.tokens, options.cycles, options.idle])[0]


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
    lines = [f"{'ITL, ms':16} {'p50':>9} {'p99':>9} {'max':>9} {'count':>7} {'p99/idle p50':>13} {'phases, s':>10}"]
    for name, values in result["median"].items():
        lines.append(f"{name}, {values['restored_tokens']:.0f} tokens restored in {values['seconds']:.1f} s")
        lines.append(f"{'idle':>16} {values['idle_p50_ms']:9.2f} {values['idle_p99_ms']:9.2f} {'':9} {values['idle_count']:7.0f} "
                     f"{values['idle_p99_ms'] / values['idle_p50_ms']:13.2f}")
        for phase in PHASES:
            lines.append(f"{phase:>16} {values[phase + '_p50_ms']:9.2f} {values[phase + '_p99_ms']:9.2f} "
                         f"{values[phase + '_max_ms']:9.2f} {values[phase + '_count']:7.0f} "
                         f"{values[phase + '_p99_by_idle_median']:13.2f} {values[phase + '_seconds']:10.1f}")
    return "\n".join(lines)
