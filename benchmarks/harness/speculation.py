"""drafts of a second model, right and wrong ones, or of MTP heads, against no drafts and against llama-server with the same

The draft models are copies of the model without the layers in its middle (PrunedModel): --keep says how many of the first and of the
last ones stay. --bad does so for a copy that is hardly ever right: what that costs is to be little. With --mtp SIZE the model has random weights
and an MTP head that is mostly right (random-model --mtp). Loads as those of serve.
"""

import statistics

from . import mtp_head, random_model, serve
from .checkout import Checkout
from .pack import Pack
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
    parser.add_argument("--mtp", choices=random_model.SIZES, default="", help="MTP heads: a model of this size in place of --model, written once")
    parser.add_argument("--draft-max", type=int, default=0, help="tokens at a time (default: the engine's, and llama-server's, own)")
    parser.add_argument("--systems", type=words, help=f"of {', '.join(SYSTEMS)} (default: all; with --mtp {', '.join(OF_HEADS)}, else not those "
                                                      "with mtp, which a --model with heads may have, too)")
    add_engine(parser)
    add_server(parser)
    parser.set_defaults(rates=False, prefix_groups="", goodput="", slots=0)


def prepare(options):
    """Before the machine is looked at."""
    if options.mtp:
        options.model = (Pack if options.remote else Checkout).work / f"mtp-{options.mtp}.gguf"
        if not options.model.exists():
            shape = {**random_model.SIZES[options.mtp], "mtp": True}
            shape["vocab"] = max(shape["vocab"], serve.lengths(serve.VOCABULARY)[1] + 1)
            random_model.write_whole(options.model, shape, random_model.TYPES["q4_0"], mtp_head.FADE)
    if not options.systems:
        options.systems = OF_HEADS if options.mtp else tuple(name for name in SYSTEMS if "-mtp" not in name)


def measure(machine, options):
    unknown = set(options.systems) - set(SYSTEMS)
    if unknown:
        raise SystemExit(f"unknown systems {', '.join(sorted(unknown))}; there are {', '.join(SYSTEMS)}")
    samples = {name: {str(point): [] for point in options.points} for name in options.systems}
    with machine.tools(server=any(name.startswith("llama-server") for name in options.systems)) as tools:
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


def draft_model(machine, options, draft):
    """That which is right, or that which is wrong."""
    if draft == "good" and options.draft:
        return options.draft
    first, last = (options.keep if draft == "good" else options.bad).split(":")
    file = machine.work / f"{machine.model.stem}-{first}-{last}.gguf"
    if not file.exists():
        output([*machine.java(options.binding, "PrunedModel"), machine.model, first, last, file])
    return file


# --- systems ---------------------------------------------------------------------------------------------------------

def server(draft=None):
    def run(machine, tools, options, point, number):
        drafting = () if draft is None else ("--spec-draft-n-max", options.draft_max or SERVER_DRAFTS, *(
            ("--spec-type", "draft-mtp") if draft == "mtp" else
            ("--spec-draft-model", draft_model(machine, options, draft), "--spec-draft-threads", machine.threads)))
        with LlamaServer(machine, tools, int(point), serve.context(options),
                         ["-ub", options.micro_batch, *drafting, *options.server_arguments]) as process:
            return serve.load_bench(machine, options, point, number, process.url)
    return run


def engine(kind, draft=None):
    def run(machine, _, options, point, number):
        settings = serve.settings(machine, options, point) + f",answers=on,speculation={kind}"
        if draft is not None:
            settings += f",draft-model={draft_model(machine, options, draft)}"
        if kind.startswith(("draft", "mtp")) and options.draft_max:
            settings += f",draft-max={options.draft_max}"
        return serve.load_bench(machine, options, point, number, "engine", "--engine", settings)
    return run


SYSTEMS = {"llama-server": server(), "llama-server-draft": server("good"), "llama-server-mtp": server("mtp"), "tokapu": engine("none"),
           "tokapu-draft": engine("draft", "good"), "tokapu-bad": engine("draft", "bad"), "tokapu-ngram": engine("ngram"),
           "tokapu-mtp": engine("mtp"), "tokapu-mtp-always": engine("mtp-always")}  # the last one whatever it takes: how often drafts are right
OF_HEADS = ("llama-server", "llama-server-mtp", "tokapu", "tokapu-mtp", "tokapu-mtp-always")
WITHOUT = {name: "tokapu" if name.startswith("tokapu") else "llama-server" for name in SYSTEMS if name not in ("llama-server", "tokapu")}


# --- results ---------------------------------------------------------------------------------------------------------

def summary(samples):
    same = same_answers(samples)
    median = {name: {point: statistics.median(run["output_throughput"] for run in runs) for point, runs in points.items()}
              for name, points in samples.items()}
    ratio = {name: {point: statistics.median(
        run["output_throughput"] / other["output_throughput"]
        for run, other in zip(runs, samples[WITHOUT[name]][point])) for point, runs in points.items()}
        for name, points in samples.items() if WITHOUT.get(name) in samples}
    drafts = {name: {point: {count: sum(run["details"][count] for run in runs) for count in COUNTS}
                     for point, runs in points.items()}
              for name, points in samples.items() if all(run.get("details") for runs in points.values() for run in runs)}
    return {"median": median, "ratio": ratio, "drafts": drafts, "same_answers": same, "samples": samples}


def same_answers(samples):
    """Greedy answers of engines that are those without drafts, of how many; they go from the samples."""
    answers = {name: {point: [(run.get("details") or {}).pop("answers", {}) for run in runs] for point, runs in points.items()}
               for name, points in samples.items()}
    return {name: {point: compared(rounds, answers["tokapu"][point]) for point, rounds in points.items()}
            for name, points in answers.items() if WITHOUT.get(name) == "tokapu" and "tokapu" in answers}


def compared(rounds, plain):
    pairs = [(answer, others.get(prompt)) for own, others in zip(rounds, plain) for prompt, answer in own.items()]
    return [sum(answer == other for answer, other in pairs), len(pairs)]


def table(result):
    lines = [f"{'':20} {'users':>6} {'out tok/s':>10} {'without':>8} {'drafted':>8} {'right':>6} {'same answers':>13}"]
    for name, points in result["median"].items():
        for point, value in points.items():
            ratio = result["ratio"].get(name, {}).get(point, float("nan"))
            counts = result["drafts"].get(name, {}).get(point, {})
            drafted = counts.get("drafted_tokens", 0)
            right = counts.get("accepted_tokens", 0) / drafted if drafted else float("nan")
            same = " of ".join(str(count) for count in result["same_answers"].get(name, {}).get(point, []))
            lines.append(f"{name:20} {point:>6} {value:10.1f} {ratio:8.3f} {drafted:8} {right:6.2f} {same:>13}")
    return "\n".join(lines)
