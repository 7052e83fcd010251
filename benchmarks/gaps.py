"""What somebody who reads an answer feels of a long prompt that somebody else sends: gaps between tokens (VictimBench), by turns.

run.py victim uses this on the CPU; a run on a GPU makes its own Plan. The systems are the engine with each of the KV settings, and
llama-server; each has two slots. "per token" is p99/idle where a gap of n tokens counts as n gaps. The victim's answer grows meanwhile, and
with it what its tokens take: "p50 after" is of the tokens behind the last gap, without the other prompt.
"""

import dataclasses
import statistics
from pathlib import Path

from shared import LlamaServer, engine_settings, rotated, run_json_lines, say

CONTROL = "llama-server"
SLOTS, VICTIM_PROMPT, CONTEXT_SLACK = 2, 32, 16  # VictimBench's prompt


@dataclasses.dataclass
class Plan:
    """Who reads what, and from whom."""
    model: Path
    server: Path                # llama-server
    java: list                  # the command that runs VictimBench, as far as its class, with command_prefix
    work: Path                  # logs
    threads: int
    prompt: int = 8000          # tokens of the long prompt
    idle: int = 200             # tokens that the victim gets before it
    victim: int = 4000          # tokens of the victim's answer: more than it gets until the prompt is read
    kv: tuple = ("split", "unified")
    rounds: int = 3
    micro_batch: int = 512
    server_arguments: tuple = ()
    engine_settings: tuple = () # pairs, see LoadBench --engine
    command_prefix: tuple = ()  # before llama-server

    def systems(self):
        return {**{f"tokapu {kv}": kv for kv in self.kv}, CONTROL: None}

    def context(self):
        """Tokens of one slot."""
        return max(self.prompt, VICTIM_PROMPT + self.victim) + CONTEXT_SLACK


def run(plan, kv):
    """One run in processes of its own; kv: of the engine, None for llama-server."""
    lengths = [plan.prompt, plan.idle, plan.victim]
    if kv:
        settings = {"model": plan.model, "slots": SLOTS, "context": plan.context(), "micro-batch": plan.micro_batch,
                    "threads": plan.threads, "kv": kv, **dict(plan.engine_settings)}
        return run_json_lines([*plan.java, "engine", engine_settings(settings), *lengths])[0]
    with LlamaServer(plan.server, plan.model, plan.threads, SLOTS, plan.context(), plan.work / "llama-server.log",
                     ["-ub", plan.micro_batch, *plan.server_arguments], plan.command_prefix) as server:
        return run_json_lines([*plan.java, server.url, plan.model.stem, *lengths])[0]


def measure(plan):
    systems = plan.systems()
    samples = {name: [] for name in systems}
    for number in range(plan.rounds):
        line = []
        for name in rotated(list(systems), number):
            sample = run(plan, systems[name])
            samples[name].append(sample)
            line.append(f"{name} {sample['idle_p50_ms']:.1f} ms, then p99 {sample['during_p99_ms']:.1f} ms "
                        f"({sample['p99_by_idle_median']:.1f} x) for {sample['prompt_seconds']:.1f} s")
        say(f"  round {number + 1}: " + "; ".join(line))
    settings = {key: value for key, value in dataclasses.asdict(plan).items() if key not in ("model", "server", "java", "work")}
    median = {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in samples.items()}
    return {**settings, "median": median, "samples": samples}


def table(result):
    lines = [f"{'':16} {'idle p50':>9} {'p99 ms':>9} {'then p50':>9} {'p99':>9} {'max ms':>9} {'gaps':>6} {'p50/idle':>9} "
             f"{'p99/idle':>9} {'per token':>9} {'p50 after':>9} {'p99/after':>9} {'prompt s':>9}"]
    for name, values in result["median"].items():
        lines.append(
            f"{name:16} {values['idle_p50_ms']:9.2f} {values['idle_p99_ms']:9.2f} {values['during_p50_ms']:9.2f} "
            f"{values['during_p99_ms']:9.2f} {values['during_max_ms']:9.2f} {values['gaps_during']:6.0f} "
            f"{values['p50_by_idle_median']:9.2f} {values['p99_by_idle_median']:9.2f} {values['p99_per_token_by_idle_median']:9.2f} {values['after_p50_ms']:9.2f} {values['p99_by_after_median']:9.2f} "
            f"{values['prompt_seconds']:9.2f}")
    return "\n".join(lines)
