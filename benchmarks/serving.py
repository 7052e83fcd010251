"""Many requests at once: LoadBench against each system, point by point and round by round, beside what the device could do.

run.py serve uses this on the CPU; a run on a GPU makes its own Plan. A system is one entry of SYSTEMS: a function that runs one load
and returns LoadBench's figures.
"""

import dataclasses
import statistics
from pathlib import Path

from shared import LlamaServer, engine_settings, rotated, run_json_lines, say

# Of LoadBench's figures, those that are compared.
METRICS = ("output_throughput", "request_throughput", "total_token_throughput", "request_goodput",
           *(f"{name}_{time}_ms" for time in ("ttft", "tpot", "itl", "e2el") for name in ("mean", "p50", "p90", "p99")))
COUNTS = ("completed", "rejected", "failed")
CONTEXT_SLACK = 16


@dataclasses.dataclass
class Plan:
    """What is served and by what."""
    model: Path
    tools: Path                 # llama-batched-bench
    server: Path                # llama-server
    java: list                  # the command that runs LoadBench, as far as its class, with command_prefix
    work: Path                  # logs
    threads: int
    input: str = "64"           # tokens, or a range of them
    output: str = "64"
    points: tuple = (1, 4, 16)  # users at once, or requests per second
    rates: bool = False         # the points are requests per second
    slots: int = 0              # 0: as many as users
    requests: int = 0           # 0: per_user for each user
    per_user: int = 4
    rounds: int = 3
    seed: int = 1
    goodput: str = ""
    prefix_groups: str = ""     # G:N
    micro_batch: int = 512
    vocabulary: str = "1000-20000"
    server_arguments: tuple = ()
    tool_arguments: tuple = ()  # of llama-batched-bench, such as -ngl
    engine_settings: tuple = () # pairs, see LoadBench --engine
    command_prefix: tuple = ()  # before each of llama.cpp's programs

    def slots_at(self, point):
        return self.slots or int(point)

    def context(self):
        """Tokens of one slot."""
        prefix = int(self.prefix_groups.split(":")[1]) if self.prefix_groups else 0
        return prefix + sum(int(str(length).split("-")[-1]) for length in (self.input, self.output)) + CONTEXT_SLACK


def mean_length(text):
    ends = [int(end) for end in str(text).split("-")]
    return sum(ends) / len(ends)


def load_bench(plan, point, round_number, target, *arguments):
    """One load: the same requests for all systems, others in each round."""
    command = [*plan.java, target, "--in", plan.input, "--out", plan.output,
               "--rate" if plan.rates else "--concurrency", point, "--per-user", plan.per_user, "--requests", plan.requests,
               "--seed", plan.seed + round_number, "--vocabulary", plan.vocabulary, "--model", plan.model.stem]
    if plan.goodput:
        command += ["--goodput", plan.goodput]
    if plan.prefix_groups:
        command += ["--prefix", plan.prefix_groups]
    return run_json_lines([*command, *arguments])[0]


def llama_server(plan, point, round_number):
    arguments = ["-ub", plan.micro_batch, *plan.server_arguments]
    with LlamaServer(plan.server, plan.model, plan.threads, plan.slots_at(point), plan.context(), plan.work / "llama-server.log",
                     arguments, plan.command_prefix) as server:
        return load_bench(plan, point, round_number, server.url)


def engine(plan, point, round_number):
    values = {"model": plan.model, "slots": plan.slots_at(point), "context": plan.context(), "micro-batch": plan.micro_batch,
              "threads": plan.threads, **dict(plan.engine_settings)}
    return load_bench(plan, point, round_number, "engine", "--engine", engine_settings(values))


SYSTEMS = {"llama-server": llama_server, "tokapu": engine}


def ideal(plan, point):
    """Output tokens per second when as many sequences are decoded in step, with nothing else to do."""
    prompt, generated = round(mean_length(plan.input)), round(mean_length(plan.output))
    row = run_json_lines([
        *plan.command_prefix, plan.tools / "llama-batched-bench", "-m", plan.model, "-c", int(point) * plan.context(), "-b", 2048,
        "-ub", plan.micro_batch, "-npp", prompt, "-ntg", generated, "-npl", int(point), "--no-kv-unified", "-t", plan.threads,
        "--output-format", "jsonl", *plan.tool_arguments])[0]
    return row["speed"] * generated / (prompt + generated)


def measure(plan, systems=tuple(SYSTEMS)):
    unknown = set(systems) - set(SYSTEMS)
    if unknown:
        raise SystemExit(f"unknown systems {', '.join(sorted(unknown))}; there are {', '.join(SYSTEMS)} (the ideal is always measured)")
    has_ideal = not plan.rates and not plan.prefix_groups
    samples = {name: {str(point): [] for point in plan.points} for name in systems}
    ideals = {str(point): [] for point in plan.points}
    for round_number in range(plan.rounds):
        for point in plan.points:
            line = []
            for name in rotated([*systems, *(["ideal"] if has_ideal else [])], round_number):
                if name == "ideal":
                    ideals[str(point)].append(ideal(plan, point))
                    line.append(f"ideal {ideals[str(point)][-1]:.1f}")
                    continue
                sample = SYSTEMS[name](plan, point, round_number)
                samples[name][str(point)].append(sample)
                line.append(f"{name} {sample['output_throughput']:.1f} (TTFT p50 {sample['p50_ttft_ms']:.0f} ms, "
                            f"ITL p50 {sample['p50_itl_ms']:.1f} p99 {sample['p99_itl_ms']:.1f} ms)")
            say(f"  round {round_number + 1}, {'rate' if plan.rates else 'concurrency'} {point}: " + ", ".join(line))
    return summary(plan, samples, ideals if has_ideal else {})


def settings(plan):
    """What belongs to the results."""
    return {key: value for key, value in dataclasses.asdict(plan).items() if key not in ("model", "tools", "server", "java", "work")}


def summary(plan, samples, ideals):
    result = {**settings(plan), "ideal_output_throughput": {point: statistics.median(values) for point, values in ideals.items()},
              "median": {}, "ratio": {}, "ideal_samples": ideals, "samples": samples}
    for name, points in samples.items():
        result["median"][name] = {point: medians(runs) for point, runs in points.items()}
    for name, points in result["median"].items():
        result["ratio"][name] = {point: ratios(result, point, values) for point, values in points.items()}
    return result


def medians(runs):
    values = {metric: statistics.median(run[metric] for run in runs) for metric in METRICS if metric in runs[0]}
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
    return "\n".join(lines)
