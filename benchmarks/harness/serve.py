"""many requests at once, against llama-server and the ideal of llama-batched-bench

LoadBench sends the same requests to each system, point by point and round by round: throughput, TTFT, TPOT, ITL, E2EL and goodput
as vllm bench serve defines them. Beside the JSON lies a page with plots. The engine chooses its own micro-batch, unless --set micro-batch=N
says so; --micro-batch is that of the others. Where the machine counts its energy, tokens per joule are measured, too.
"""

import argparse
import json
import statistics

from . import energy, tuning
from .servers import EngineServer, LlamaServer
from .shared import add_engine, add_load, add_rounds, add_server, engine_settings, numbers, rotated, run_json_lines, say, words

# Of LoadBench's figures, those that are compared.
METRICS = ("output_throughput", "request_throughput", "total_token_throughput", "request_goodput", "tokens_per_joule",
           *(f"{name}_{time}_ms" for time in ("ttft", "tpot", "itl", "e2el") for name in ("mean", "p50", "p90", "p99")))
COUNTS = ("completed", "rejected", "failed")
CONTEXT_SLACK = 16
VOCABULARY = "1000-20000"
BATCH_SIZE = 2048


def arguments(parser, default):
    add_rounds(parser, default(5, 3))
    parser.add_argument("--points", type=numbers, default=default("1,4,16", "1,8,32,64,128"),
                        help="users at once, or with --rates requests per second (default %(default)s)")
    parser.add_argument("--rates", action="store_true", help="open loads: requests at random times, whatever has been answered")
    add_load(parser, default(("64", "64"), ("512", "128")))
    parser.add_argument("--prefix-groups", default="", help="G:N, G groups of prompts with N further tokens in common")
    parser.add_argument("--slots", type=int, default=0, help="of the engine and the server (default: as many as users)")
    parser.add_argument("--requests", type=int, default=0, help="of each load (default: --per-user for each user, at least 8)")
    parser.add_argument("--warm-up", type=int, default=-1, help="requests before each load that do not count (default: one for each "
                                                                "user); HTTP's code is compiled after some hundred")
    parser.add_argument("--goodput", default="", help="milliseconds that make an answer good, as in ttft:500,tpot:50")
    parser.add_argument("--systems", type=words, default=",".join(DEFAULT_SYSTEMS),
                        help=f"beside the ideal, of {', '.join(SYSTEMS)} (default %(default)s)")
    parser.add_argument("--no-ideal", action="store_true", help="leave out the ideal")
    parser.add_argument("--tune", action="store_true", help="llama-server and the ideal with the settings that are fastest at each point")
    add_engine(parser, default(512, 2048))
    add_server(parser)


def measure(machine, options):
    unknown = set(options.systems) - set(SYSTEMS)
    if unknown:
        raise SystemExit(f"unknown systems {', '.join(sorted(unknown))}; there are {', '.join(SYSTEMS)} (the ideal is measured anyway)")
    if options.rates and not (options.slots and options.requests):
        raise SystemExit("--rates needs --slots and --requests")
    has_ideal = not (options.rates or options.prefix_groups or options.no_ideal or "~" in options.input + options.output)
    samples = {name: {str(point): [] for point in options.points} for name in options.systems}
    ideals = {str(point): [] for point in options.points}
    chosen = {str(point): {} for point in options.points}
    found, refused = energy.counters()
    say("  energy: " + (", ".join(counter.name for counter in found) or f"not counted: {'; '.join(refused)}"))
    with machine.tools(server=True) as tools, energy.Meter(found) as meter:
        for number in range(options.rounds):
            for point in options.points:
                line = []
                for name in rotated([*options.systems, *(["ideal"] if has_ideal else [])], number):
                    if name in TUNABLE and name not in chosen[str(point)]:
                        chosen[str(point)][name] = settings_of(name, machine, tools, options, point)
                    fastest = chosen[str(point)].get(name, {})
                    if name == "ideal":
                        ideals[str(point)].append(ideal(machine, tools, options, point, **fastest))
                        line.append(f"ideal {ideals[str(point)][-1]:.1f}")
                        continue
                    sample = metered(SYSTEMS[name](machine, tools, options, point, number, **fastest), meter)
                    samples[name][str(point)].append(sample)
                    line.append(f"{name} {sample['output_throughput']:.1f} (TTFT p50 {sample['p50_ttft_ms']:.0f} ms, "
                                f"ITL p50 {sample['p50_itl_ms']:.1f} p99 {sample['p99_itl_ms']:.1f} ms)")
                say(f"  round {number + 1}, {'rate' if options.rates else 'concurrency'} {point}: " + ", ".join(line))
    tuned = {name: {point: tuning.described(fastest[name]) for point, fastest in chosen.items() if name in fastest}
             for name in TUNABLE if options.tune}
    return {**summary(samples, ideals if has_ideal else {}), "tuned": tuned, "counters": [counter.name for counter in found]}


def settings_of(name, machine, tools, options, point):
    """What llama-server or llama-batched-bench runs with at a point: with --tune, what is fastest in a short load."""
    speed, settings = TUNABLE[name]
    settings = {"micro_batch": options.micro_batch, **settings}
    if not options.tune:
        return settings
    short = argparse.Namespace(**{**vars(options), "per_user": 1, "requests": 0})
    best = tuning.tuned(settings, lambda **changed: speed(machine, tools, short, point, **changed))
    say(f"  {name} at {point}: {tuning.described(best)}")
    return best


def metered(sample, meter):
    """With the tokens of a joule, where the machine counts them."""
    if not meter.counters:
        return sample
    joules = meter.joules(sample["ended"] - sample["duration"], sample["ended"])
    if not joules:
        say(f"  energy of this load: not counted; {meter.failure or 'the clock was set, or the counters stood still'}")
        return sample
    return {**sample, "joules": joules, "tokens_per_joule": sample["output_throughput"] * sample["duration"] / joules}


# --- systems ---------------------------------------------------------------------------------------------------------

def lengths(text):
    """The least and the most of N, N-M or N~M."""
    ends = [int(end) for end in text.replace("~", "-").split("-")]
    return ends[0], ends[-1]


def slots(options, point):
    return options.slots or int(point)


def context(options):
    """Tokens of one slot."""
    prefix = int(options.prefix_groups.split(":")[1]) if options.prefix_groups else 0
    return prefix + lengths(options.input)[1] + lengths(options.output)[1] + CONTEXT_SLACK


def load_bench(machine, options, point, number, target, *arguments):
    """One load: the same requests for all systems, others in each round."""
    command = [*machine.java(options.binding, "load.LoadBench"), target, "--in", options.input, "--out", options.output,
               "--rate" if options.rates else "--concurrency", point, "--per-user", options.per_user,
               "--requests", options.requests, "--warm-up", options.warm_up, "--seed", 1 + number, "--vocabulary", VOCABULARY,
               "--model", machine.model.stem]
    if options.goodput:
        command += ["--goodput", options.goodput]
    if options.prefix_groups:
        command += ["--prefix", options.prefix_groups]
    return run_json_lines([*command, *arguments])[0]


def llama_server(machine, tools, options, point, number, kv="split", micro_batch=None, sampling="cpu"):
    arguments = ["-ub", micro_batch or options.micro_batch, *(["--backend-sampling"] if sampling == "device" else []),
                 *options.server_arguments]
    with LlamaServer(machine, tools, slots(options, point), context(options), arguments, kv=kv) as server:
        return load_bench(machine, options, point, number, server.url)


def settings(machine, options, point, **more):
    return engine_settings({"model": machine.model, "slots": slots(options, point), "context": context(options),
                            "threads": machine.threads, **more, **dict(options.engine_settings)})


def engine(machine, _, options, point, number, **more):
    return load_bench(machine, options, point, number, "engine", "--engine", settings(machine, options, point, **more))


def engine_on_one(*arguments):
    return engine(*arguments, devices="CUDA0")


def engine_group(*arguments):
    """The whole model and a replica of the engine on each GPU; the slots are those of all together."""
    return engine(*arguments, devices="all")


def engine_jni(machine, tools, options, point, number):
    """Through JNI, whatever --binding says, so that one run has both."""
    return engine(machine, tools, argparse.Namespace(**{**vars(options), "binding": "jni"}), point, number)


def engine_server(machine, _, options, point, number):
    with EngineServer(machine, options.binding, settings(machine, options, point)) as server:
        return load_bench(machine, options, point, number, server.url)


# Functions that run one load and return LoadBench's figures. On several GPUs tokapu has its layers on all of them.
SYSTEMS = {"llama-server": llama_server, "tokapu": engine, "tokapu-jni": engine_jni, "tokapu-http": engine_server,
           "tokapu-one": engine_on_one, "tokapu-group": engine_group}
DEFAULT_SYSTEMS = ("llama-server", "tokapu")


def ideal(machine, tools, options, point, kv="split", micro_batch=None):
    """Output tokens per second when as many sequences are decoded in step, with nothing else to do."""
    prompt, generated = (round(sum(lengths(text)) / 2) for text in (options.input, options.output))
    row = run_json_lines([
        *machine.prefix, tools / "llama-batched-bench", "-m", machine.model, "-c", int(point) * context(options), "-b", BATCH_SIZE,
        "-ub", micro_batch or options.micro_batch, "-npp", prompt, "-ntg", generated, "-npl", int(point),
        "--kv-unified" if kv == "unified" else "--no-kv-unified",
        "-t", machine.threads, "--output-format", "jsonl"])[0]
    return row["speed"] * generated / (prompt + generated)


# Those that --tune tunes: output tokens per second of a load, and the settings besides the micro-batch that there are.
TUNABLE = {"llama-server": (lambda machine, tools, options, point, **settings: llama_server(
               machine, tools, options, point, 0, **settings)["output_throughput"], {"kv": "split", "sampling": "cpu"}),
           "ideal": (ideal, {"kv": "split"})}


# --- results ---------------------------------------------------------------------------------------------------------

def summary(samples, ideals):
    """samples: by system and point, LoadBench's figures of each round; ideals: by point, tokens per second."""
    result = {"ideal_output_throughput": {point: statistics.median(values) for point, values in ideals.items()},
              "median": {}, "ratio": {}, "ideal_samples": ideals, "samples": samples}
    for name, points in samples.items():
        result["median"][name] = {point: medians(runs) for point, runs in points.items()}
    for name, points in result["median"].items():
        result["ratio"][name] = {point: ratios(result, point, values) for point, values in points.items()}
    return result


def medians(runs):
    values = {metric: statistics.median(run[metric] for run in runs) for metric in METRICS if all(metric in run for run in runs)}
    return {**values, **{count: sum(run[count] for run in runs) for count in COUNTS}}


def ratios(result, point, values):
    """To the ideal, and to llama-server: throughput and times, each so that above 1 is better."""
    ratio = {}
    if point in result["ideal_output_throughput"]:
        ratio["ideal"] = values["output_throughput"] / result["ideal_output_throughput"][point]
    control = result["median"].get("llama-server", {}).get(point)
    if control:
        ratio["output_throughput"] = values["output_throughput"] / control["output_throughput"]
        for metric in ("p50_ttft_ms", "p99_ttft_ms", "p50_itl_ms", "p99_itl_ms"):
            if values[metric] and control[metric]:
                ratio[metric] = control[metric] / values[metric]
    return {key: round(value, 4) for key, value in ratio.items()}


def table(result):
    kind = "rate" if result["rates"] else "users"
    lines = [f"{'':14} {kind:>6} {'out tok/s':>10} {'of ideal':>8} {'x server':>8} {'TTFT p50':>9} {'p99 ms':>9} "
             f"{'ITL p50':>9} {'p99 ms':>9} {'failed':>6}"]
    for name, points in result["median"].items():
        for point, values in points.items():
            ratio = result["ratio"][name][point]
            lines.append(
                f"{name:14} {point:>6} {values['output_throughput']:10.1f} {ratio.get('ideal', float('nan')):8.3f} "
                f"{ratio.get('output_throughput', float('nan')):8.3f} {values['p50_ttft_ms']:9.1f} {values['p99_ttft_ms']:9.1f} "
                f"{values['p50_itl_ms']:9.2f} {values['p99_itl_ms']:9.2f} {values['failed'] + values['rejected']:6}")
    for point, value in result["ideal_output_throughput"].items():
        lines.append(f"{'ideal':14} {point:>6} {value:10.1f}")
    for point, runs in result["samples"].get("tokapu", {}).items():
        lines.append(f"steps at {point}: {json.dumps(runs[-1].get('details'))}")
    return "\n".join(lines)
