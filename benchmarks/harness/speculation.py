"""drafts of a second model, right and wrong ones, against no drafts and against llama-server with the same draft model

The draft models are copies of the model without the layers in its middle (PrunedModel): --keep says how many of the first and of the
last ones stay. --bad does so for a copy that is hardly ever right: what that costs is to be little. Loads as those of serve.
"""

import statistics

from . import serve
from .servers import LlamaServer
from .shared import add_engine, add_load, add_rounds, add_server, numbers, output, rotated, say, words

SERVER_DRAFTS = 3  # tokens at a time, llama-server's own default
COUNTS = ("steps", "drafted_tokens", "accepted_tokens")


def arguments(parser, default):
    add_rounds(parser, default(3, 3))
    parser.add_argument("--points", type=numbers, default="1,4,16", help="users at once (default %(default)s)")
    add_load(parser, default(("64", "128"), ("512", "128")))
    parser.add_argument("--requests", type=int, default=0, help="of each load (default: --per-user for each user, at least 8)")
    parser.add_argument("--warm-up", type=int, default=-1, help="requests before each load that do not count")
    parser.add_argument("--keep", default="20:6", help="layers of the draft model, N first and M last ones (default %(default)s)")
    parser.add_argument("--bad", default="1:0", help="layers of the draft model that is to be wrong (default %(default)s)")
    parser.add_argument("--draft", help="a GGUF file in place of the draft model with --keep")
    parser.add_argument("--draft-max", type=int, default=0, help="tokens at a time (default: the engine's, and llama-server's, own)")
    parser.add_argument("--systems", type=words, default=",".join(SYSTEMS), help=f"of {', '.join(SYSTEMS)} (default: all)")
    add_engine(parser)
    add_server(parser)
    parser.set_defaults(rates=False, prefix_groups="", goodput="", slots=0)


def measure(machine, options):
    unknown = set(options.systems) - set(SYSTEMS)
    if unknown:
        raise SystemExit(f"unknown systems {', '.join(sorted(unknown))}; there are {', '.join(SYSTEMS)}")
    options.drafts = {"good": options.draft or pruned(machine, options, options.keep), "bad": pruned(machine, options, options.bad)}
    samples = {name: {str(point): [] for point in options.points} for name in options.systems}
    with machine.tools(server=True) as tools:
        for number in range(options.rounds):
            for point in options.points:
                line = []
                for name in rotated(options.systems, number):
                    sample = SYSTEMS[name](machine, tools, options, point, number)
                    samples[name][str(point)].append(sample)
                    details = sample.get("details") or {}
                    line.append(f"{name} {sample['output_throughput']:.1f}" + (
                        f" ({details['accepted_tokens']} of {details['drafted_tokens']})" if details.get("drafted_tokens") else ""))
                say(f"  round {number + 1}, users {point}: " + ", ".join(line))
    return summary(samples)


def pruned(machine, options, keep):
    first, last = keep.split(":")
    file = machine.work / f"{machine.model.stem}-{first}-{last}.gguf"
    if not file.exists():
        output([*machine.java(options.binding, "PrunedModel"), machine.model, first, last, file])
    return file


# --- systems ---------------------------------------------------------------------------------------------------------

def server(draft):
    def run(machine, tools, options, point, number):
        drafting = () if draft is None else (
            "--spec-draft-model", options.drafts[draft], "--spec-draft-n-max", options.draft_max or SERVER_DRAFTS,
            "--spec-draft-threads", machine.threads)
        with LlamaServer(machine, tools, int(point), serve.context(options),
                         ["-ub", options.micro_batch, *drafting, *options.server_arguments]) as process:
            return serve.load_bench(machine, options, point, number, process.url)
    return run


def engine(kind, draft=None):
    def run(machine, _, options, point, number):
        settings = serve.settings(machine, options, point) + f",speculation={kind}"
        if draft is not None:
            settings += f",draft-model={options.drafts[draft]}"
            settings += f",draft-max={options.draft_max}" if options.draft_max else ""
        return serve.load_bench(machine, options, point, number, "engine", "--engine", settings)
    return run


SYSTEMS = {"llama-server": server(None), "llama-server-draft": server("good"), "tokapu": engine("none"),
           "tokapu-draft": engine("draft", "good"), "tokapu-bad": engine("draft", "bad"), "tokapu-ngram": engine("ngram")}
WITHOUT = {"llama-server-draft": "llama-server", "tokapu-draft": "tokapu", "tokapu-bad": "tokapu", "tokapu-ngram": "tokapu"}


# --- results ---------------------------------------------------------------------------------------------------------

def summary(samples):
    median = {name: {point: statistics.median(run["output_throughput"] for run in runs) for point, runs in points.items()}
              for name, points in samples.items()}
    ratio = {name: {point: statistics.median(
        run["output_throughput"] / other["output_throughput"]
        for run, other in zip(runs, samples[WITHOUT[name]][point])) for point, runs in points.items()}
        for name, points in samples.items() if WITHOUT.get(name) in samples}
    drafts = {name: {point: {count: sum(run["details"][count] for run in runs) for count in COUNTS}
                     for point, runs in points.items()}
              for name, points in samples.items() if all(run.get("details") for runs in points.values() for run in runs)}
    return {"median": median, "ratio": ratio, "drafts": drafts, "samples": samples}


def table(result):
    lines = [f"{'':20} {'users':>6} {'out tok/s':>10} {'without':>8} {'drafted':>8} {'right':>6}"]
    for name, points in result["median"].items():
        for point, value in points.items():
            ratio = result["ratio"].get(name, {}).get(point, float("nan"))
            counts = result["drafts"].get(name, {}).get(point, {})
            drafted = counts.get("drafted_tokens", 0)
            right = counts.get("accepted_tokens", 0) / drafted if drafted else float("nan")
            lines.append(f"{name:20} {point:>6} {value:10.1f} {ratio:8.3f} {drafted:8} {right:6.2f}")
    return "\n".join(lines)
