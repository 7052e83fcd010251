#!/usr/bin/env python3
"""Compares Tokapu with llama.cpp's own tools, built from the same tree, and runs the JMH benchmarks.

    benchmarks/run.py [speed] [start] [state] [batched] [serve] [victim] [overload] [structured] [rivals] [jmh [REGEX]]
                                                                            without arguments: speed and start

speed   prompt processing 512 and generation 128, against llama-bench: interleaved rounds, medians, ratios
start   process start to the first byte of the answer and peak memory, ./tokapu run against llama-completion
state   forks of a sequence of 2,000 tokens, its state taken and restored, against llama_state_seq_get_data and set_data alone
batched prompt processing and generation of several sequences in step, against llama-batched-bench. --sequences, --prompt,
        --generated and --kv say what is decoded
serve   many requests at once against llama-server: throughput, TTFT, TPOT, ITL, E2EL and goodput as vllm bench serve defines them,
        beside the ideal of llama-batched-bench; a page with plots beside the JSON (report.py). --points, --input, --output,
        --rates, --prefix-groups, --goodput and --per-user say what is served
victim  the gaps between the tokens of an answer before and while somebody else's long prompt is read, against llama-server.
        --long-prompt, --idle, --answer and --kv say who reads what
overload
        loads of 1, 4 and 16 times what the engine's slots can do: throughput, answers, rejections and what got neither. --slots,
        --input, --output, --per-user and --seconds say how much
structured
        the cost per token of a JSON schema's grammar and structured answers per second, against llama-server with the same schema
rivals  greedy text of 128 tokens through other bindings (after mvn package -Privals -pl benchmarks -am -DskipTests)
jmh     the JMH benchmarks through both bindings

Results go to benchmarks/results/ as JSON, with machine, model and commit; git ignores them, figures.py summarizes them for
docs/performance.md. `make bench` builds first; serve, victim and structured want llama-server as well:
cmake --build --preset linux-x86_64-server.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import batched
import gaps
import overloading
import report as serve_report
import serving
import structured
from environment import ROOT, TARGET, Setup, cpu_variant, header, one_variant, output
from shared import rotated, say, setting

RESULTS = ROOT / "benchmarks" / "results"
PROMPT = "The capital of France is"
PROMPT_TOKENS, GENERATED_TOKENS = 512, 128
KINDS = ("speed", "start_and_memory", "state", "batched", "serve", "victim", "overload", "structured", "rivals", "jmh")


# --- speed -----------------------------------------------------------------------------------------------------------

def llama_bench(folder, setup):
    out = output(*setup.prefix, folder / "llama-bench", "-m", setup.model, "-p", str(PROMPT_TOKENS), "-n", str(GENERATED_TOKENS),
                 "-t", str(setup.threads), "-r", str(setup.repetitions), "-o", "json")
    result = {}
    for test in json.loads(out):
        key, tokens = ("pp", PROMPT_TOKENS) if test["n_prompt"] else ("tg", GENERATED_TOKENS)
        result[key] = [tokens * 1e9 / ns for ns in test["samples_ns"]]
    return result


def java_bench(binding, setup):
    out = output(*setup.java_command(binding, "dev.tokapu.benchmarks.ModelBench", setup.model, str(PROMPT_TOKENS),
                                     str(GENERATED_TOKENS), str(setup.repetitions), str(setup.threads)))
    result = json.loads(out)
    return {"pp": [PROMPT_TOKENS * 1e9 / ns for ns in result["pp_ns"][str(PROMPT_TOKENS)]],
            "tg": [GENERATED_TOKENS * 1e9 / ns for ns in result["tg_ns"]],
            "java": result["java"], "cpu_variant": result["cpu_variant"]}


def speed(setup):
    say(f"speed: {setup.rounds} rounds of {setup.repetitions} repetitions, pp{PROMPT_TOKENS} and "
        f"tg{GENERATED_TOKENS}, {setup.threads} threads")
    first = java_bench("ffm", setup)
    samples = {name: {"pp": [], "tg": []} for name in ("llama-bench", "ffm", "jni")}
    with tempfile.TemporaryDirectory() as parent:
        folder = one_variant(setup.oracle, first["cpu_variant"], parent)
        for round_number in range(setup.rounds):
            line = []
            for name in rotated(list(samples), round_number):
                run = llama_bench(folder, setup) if name == "llama-bench" else java_bench(name, setup)
                for test in ("pp", "tg"):
                    samples[name][test].append(run[test])
                line.append(f"{name} {statistics.median(run['pp']):.1f} / {statistics.median(run['tg']):.1f}")
            say(f"  round {round_number + 1}: " + ", ".join(line))
    result = {"cpu_variant": first["cpu_variant"], "tests": {"pp": PROMPT_TOKENS, "tg": GENERATED_TOKENS},
              "samples_tokens_per_second": samples, "median": {}, "ratio": {}}
    for name, tests in samples.items():
        result["median"][name] = {test: round(pooled(runs), 2) for test, runs in tests.items()}
    for binding in ("ffm", "jni"):
        result["ratio"][binding] = {test: round(pooled(samples[binding][test]) / pooled(samples["llama-bench"][test]), 4)
                                    for test in ("pp", "tg")}
    for name, median in result["median"].items():
        ratio = result["ratio"].get(name, {"pp": 1, "tg": 1})
        print(f"{name:12} pp{PROMPT_TOKENS} {median['pp']:8.2f} t/s ({ratio['pp']:.3f})   "
              f"tg{GENERATED_TOKENS} {median['tg']:8.2f} t/s ({ratio['tg']:.3f})")
    return result


def pooled(runs):
    """The median of all repetitions of all rounds."""
    return statistics.median([sample for run in runs for sample in run])


# --- start and memory ------------------------------------------------------------------------------------------------

def answer_commands(setup, folder):
    """The same short greedy answer by each program."""
    tokapu = [ROOT / "tokapu", "run", "--greedy", "--max-tokens", "8", "--threads", str(setup.threads), "--quiet"]
    return {
        "llama-completion": [folder / "llama-completion", "-m", setup.model, "-p", PROMPT, "-n", "8", "--temp", "0",
                             "-t", str(setup.threads), "-no-cnv", "--no-display-prompt", "--no-warmup"],
        "llama-completion with warm-up": [
            folder / "llama-completion", "-m", setup.model, "-p", PROMPT, "-n", "8", "--temp", "0",
            "-t", str(setup.threads), "-no-cnv", "--no-display-prompt"],
        "tokapu, model file": [*tokapu, "--model", setup.model, PROMPT],
        "tokapu, model jar": [*tokapu, PROMPT],
        "tokapu, model jar, jni": [*tokapu, "--binding", "jni", PROMPT],
    }


def first_byte(command, prefix):
    """Milliseconds from process start to the first byte on stdout, and the peak resident memory in MiB."""
    with open(os.devnull, "wb") as nothing:
        start = time.monotonic()
        process = subprocess.Popen([str(part) for part in [*prefix, *command]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=nothing, cwd=ROOT)
        byte = process.stdout.read(1)
        taken = time.monotonic() - start
        process.stdout.read()
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if not byte or process.returncode != 0:
        raise SystemExit(f"no answer, exit status {process.returncode}: {command}")
    return taken * 1000, usage.ru_maxrss / 1024


def start_and_memory(setup):
    rounds = 2 * setup.rounds
    with tempfile.TemporaryDirectory() as parent:
        folder = one_variant(setup.oracle, cpu_variant(setup), parent)
        commands = answer_commands(setup, folder)
        for command in commands.values():
            first_byte(command, [])
        samples = {name: {"first_byte_ms": [], "peak_rss_mib": []} for name in commands}
        for round_number in range(rounds):
            for name in rotated(list(commands), round_number):
                taken, memory = first_byte(commands[name], setup.prefix)
                samples[name]["first_byte_ms"].append(round(taken, 1))
                samples[name]["peak_rss_mib"].append(round(memory, 1))
    median = {name: {key: round(statistics.median(values), 1) for key, values in sample.items()}
              for name, sample in samples.items()}
    base = median["llama-completion"]["first_byte_ms"]
    limit = 1.2 * base + 100
    print(f"start: {rounds} rounds; limit 1.2 x llama-completion + 100 ms = {limit:.0f} ms")
    for name, values in median.items():
        print(f"{name:30} first byte {values['first_byte_ms']:7.1f} ms   peak memory {values['peak_rss_mib']:7.1f} MiB")
    return {"rounds": rounds, "limit_ms": round(limit, 1), "median": median, "samples": samples}


# --- rivals ----------------------------------------------------------------------------------------------------------

def rivals(setup):
    arguments = [setup.model, "128", str(setup.repetitions), str(setup.threads)]
    commands = {"ffm": setup.java_command("ffm", "dev.tokapu.benchmarks.TextBench", *arguments),
                "jni": setup.java_command("jni", "dev.tokapu.benchmarks.TextBench", *arguments),
                "de.kherud:llama 4.2.0": setup.java_command("ffm", "dev.tokapu.benchmarks.KherudBench", *arguments)}
    samples = {name: [] for name in commands}
    for round_number in range(setup.rounds):
        for name in rotated(list(commands), round_number):
            last_line = output(*commands[name]).splitlines()[-1]
            samples[name].append(json.loads(last_line)["tokens_per_second"])
    median = {name: round(pooled(runs), 2) for name, runs in samples.items()}
    for name, value in median.items():
        print(f"{name:22} text of 128 tokens {value:8.2f} t/s")
    return {"median": median, "samples_tokens_per_second": samples}


# --- forks and states ------------------------------------------------------------------------------------------------

STATE_TOKENS, STATE_REPETITIONS = 2000, 20


def state_reference(setup):
    """Compiles state_reference.c against the libraries of the native build."""
    source = Path((ROOT / "native" / "target" / "llama-source.path").read_text().strip())
    program = TARGET / "state_reference"
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", program, ROOT / "benchmarks" / "state_reference.c",
                    f"-I{source}/include", f"-I{source}/ggml/include", f"-L{setup.oracle}", "-ltokapu-llama",
                    "-ltokapu-ggml", "-ltokapu-ggml-base", f"-Wl,-rpath,{setup.oracle}"], check=True)
    return program


def state(setup):
    arguments = [setup.model, str(STATE_TOKENS), str(STATE_REPETITIONS), str(setup.threads)]
    program = state_reference(setup)
    runs = {"llama.cpp": [], "ffm": [], "jni": []}
    for round_number in range(setup.rounds):
        for name in rotated(list(runs), round_number):
            if name == "llama.cpp":
                runs[name].append(json.loads(output(*setup.prefix, program, setup.oracle, *arguments)))
            else:
                runs[name].append(json.loads(output(*setup.java_command(name, "dev.tokapu.benchmarks.StateBench", *arguments))))
    def rate(name, key):
        nanoseconds = statistics.median([ns for run in runs[name] for ns in run[key]])
        return runs[name][0]["bytes"] / nanoseconds * 1000
    result = {"tokens": STATE_TOKENS, "bytes": runs["ffm"][0]["bytes"], "mb_per_second": {}, "samples": runs}
    rates = result["mb_per_second"]
    rates["llama.cpp"] = {"get_data": rate("llama.cpp", "get_ns"), "set_data": rate("llama.cpp", "set_ns")}
    for name in ("ffm", "jni"):
        rates[name] = {key[:-3]: rate(name, key) for key in ("take_ns", "restore_ns", "write_ns", "save_ns", "load_ns")}
        fork = statistics.median([ns for run in runs[name] for ns in run["fork_8_ns"]])
        result.setdefault("fork_8_microseconds", {})[name] = fork / 1000
        print(f"{name:10} 8 forks of {STATE_TOKENS} tokens: {fork / 1000:.0f} us, nothing decoded again")
    for name, values in rates.items():
        print(f"{name:10} " + ", ".join(f"{key} {value:.0f} MB/s" for key, value in values.items()))
    return result


# --- many sequences --------------------------------------------------------------------------------------------------

def batched_sequences(setup, options):
    with tempfile.TemporaryDirectory() as parent:
        plan = batched.Plan(
            model=setup.model, tools=one_variant(setup.oracle, cpu_variant(setup), parent),
            java={binding: setup.java_command(binding, "dev.tokapu.benchmarks.BatchedBench") for binding in ("ffm", "jni")},
            threads=setup.threads, prompt=options.prompt, generated=options.generated, rounds=setup.rounds,
            sequences=numbers(options.sequences), kv=tuple(options.kv.split(",")), micro_batch=options.micro_batch,
            command_prefix=tuple(setup.prefix))
        say(f"batched: {plan.rounds} rounds, {options.sequences} sequences of {plan.prompt} prompt and {plan.generated} generated "
            f"tokens, KV {options.kv}, {plan.threads} threads")
        result = batched.measure(plan)
    print(batched.table(result))
    return result


def numbers(text):
    return tuple(int(number) for number in text.split(","))


# --- many requests ---------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def server_tools(setup):
    """A folder with llama-server and llama-batched-bench, with the CPU variant that Tokapu takes, as in speed."""
    with tempfile.TemporaryDirectory() as parent:
        folder = one_variant(setup.server_folder(), cpu_variant(setup), parent)
        shutil.copy2(setup.oracle / "llama-batched-bench", folder)
        yield folder


def serve(setup, options):
    with server_tools(setup) as folder:
        plan = serving.Plan(
            model=setup.model, server=folder, tools=folder, work=TARGET,
            java=setup.java_command("ffm", "dev.tokapu.benchmarks.load.LoadBench"), threads=setup.threads, rounds=setup.rounds,
            rates=options.rates, input=options.input, output=options.output,
            points=tuple(float(point) for point in options.points.split(",")) if options.rates else numbers(options.points),
            slots=options.slots, requests=options.requests, per_user=options.per_user, goodput=options.goodput,
            prefix_groups=options.prefix_groups, micro_batch=options.micro_batch, engine_settings=tuple(options.set),
            server_arguments=tuple(options.server_arguments.split()), command_prefix=tuple(setup.prefix))
        say(f"serve: {plan.rounds} rounds, {plan.input} tokens in, {plan.output} out, {'rates' if plan.rates else 'users'} "
            f"{options.points}, {plan.threads} threads")
        result = serving.measure(plan)
    print(serving.table(result))
    return result


def victim(setup, options):
    with server_tools(setup) as folder:
        plan = gaps.Plan(
            model=setup.model, server=folder, work=TARGET, java=setup.java_command("ffm", "dev.tokapu.benchmarks.load.VictimBench"),
            threads=setup.threads, prompt=options.long_prompt, idle=options.idle, victim=options.answer, rounds=setup.rounds,
            kv=tuple(options.kv.split(",")), micro_batch=options.micro_batch, engine_settings=tuple(options.set),
            server_arguments=tuple(options.server_arguments.split()), command_prefix=tuple(setup.prefix))
        say(f"victim: {plan.rounds} rounds, a prompt of {plan.prompt} tokens beside an answer, KV {options.kv}, {plan.threads} threads")
        result = gaps.measure(plan)
    print(gaps.table(result))
    return result


def overload(setup, options):
    plan = serving.Plan(
        model=setup.model, tools=setup.oracle, server=setup.oracle, work=TARGET,
        java=setup.java_command("ffm", "dev.tokapu.benchmarks.load.LoadBench"), threads=setup.threads, rounds=setup.rounds,
        input=options.input, output=options.output, slots=options.slots or 4, per_user=options.per_user,
        micro_batch=options.micro_batch, engine_settings=tuple(options.set))
    say(f"overload: {plan.rounds} rounds, {plan.slots} slots, {plan.input} tokens in, {plan.output} out, {plan.threads} threads")
    result = overloading.measure(plan, options.seconds)
    print(overloading.table(result))
    return result


# --- structured answers ----------------------------------------------------------------------------------------------

def structured_answers(setup, options):
    with server_tools(setup) as folder:
        result = structured.measure(
            folder, setup.model, setup.threads, {name: setup.java_command(name, "dev.tokapu.benchmarks.StructuredBench")
                                                 for name in ("ffm", "jni")},
            TARGET, setup.rounds, options.answers, setup.prefix)
    print(structured.table(result))
    return result


# --- JMH -------------------------------------------------------------------------------------------------------------

def jmh(setup, pattern):
    commands = {"jdk25-ffm": setup.java["ffm"], "jdk25-jni": setup.java25_jni, "jdk17-jni": setup.java["jni"]}
    result = {}
    for name, java in commands.items():
        report = TARGET / f"jmh-{name}.json"
        subprocess.run([*java, "-cp", setup.class_path, "org.openjdk.jmh.Main", pattern, "-rf", "json", "-rff", report,
                        "-v", "SILENT", "-foe", "true"], check=True, cwd=ROOT)
        result[name] = {}
        for entry in json.loads(report.read_text()):
            parameters = "".join(f" {value}" for value in entry.get("params", {}).values())
            metric = entry["primaryMetric"]
            benchmark = ".".join(entry["benchmark"].split(".")[-2:]) + parameters
            result[name][benchmark] = {"score": metric["score"], "error": metric["scoreError"],
                                       "unit": metric["scoreUnit"]}
            print(f"{name:10} {benchmark:45} {metric['score']:12.3f} {metric['scoreUnit']}")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["speed", "start"], 
                        help="speed, start, state, batched, serve, victim, overload, structured, rivals, jmh [REGEX]")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default 5)")
    parser.add_argument("--repetitions", type=int, default=3, help="repetitions in each run (default 3)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="compute threads (default: all cores)")
    parser.add_argument("--model", help="a GGUF file (default: the default model)")
    parser.add_argument("--oracle", help="the folder of llama.cpp's tools (default: of the native build)")
    parser.add_argument("--prefix", default="", help="a command before each measured program, such as 'chrt -r 10' on a "
                                                     "machine that has other work")
    parser.add_argument("--micro-batch", type=int, default=512, help="llama.cpp's n_ubatch (default 512)")
    parser.add_argument("--kv", default="split,unified", help="batched, victim: the KV caches (default split,unified)")
    parser.add_argument("--set", action="append", default=[], type=setting, metavar="KEY=VALUE",
                        help="serve, victim, overload: a setting of the engine, see LoadBench --engine; several times")
    step = parser.add_argument_group("batched")
    step.add_argument("--sequences", default="1,4,8,16", help="how many (default 1,4,8,16)")
    step.add_argument("--prompt", type=int, default=128, help="prompt tokens of each (default 128)")
    step.add_argument("--generated", type=int, default=64, help="generated tokens of each (default 64)")
    many = parser.add_argument_group("serve, overload")
    many.add_argument("--points", default="1,4,16", help="users at once, or with --rates requests per second (default 1,4,16)")
    many.add_argument("--rates", action="store_true", help="open loads: requests at random times, whatever has been answered")
    many.add_argument("--input", default="64", help="tokens of a prompt, N or N-M (default 64)")
    many.add_argument("--output", default="64", help="tokens of an answer, N or N-M (default 64)")
    many.add_argument("--prefix-groups", default="", help="G:N, G groups of prompts with N further tokens in common")
    many.add_argument("--slots", type=int, default=0, help="of the engine and the server (default: as many as users; overload: 4)")
    many.add_argument("--requests", type=int, default=0, help="of each load (default: --per-user for each user, at least 8)")
    many.add_argument("--per-user", type=int, default=4, help="requests for each user (default 4)")
    many.add_argument("--goodput", default="", help="milliseconds that make an answer good, as in ttft:500,tpot:50")
    many.add_argument("--seconds", type=float, default=20, help="overload: how long requests arrive at random times (default 20)")
    parser.add_argument("--server-arguments", default="", help="serve, victim: further arguments of llama-server")
    pair = parser.add_argument_group("victim")
    pair.add_argument("--long-prompt", type=int, default=6000, help="tokens of the other's prompt (default 6000)")
    pair.add_argument("--idle", type=int, default=200, help="tokens that the victim gets before (default 200)")
    pair.add_argument("--answer", type=int, default=6000, help="tokens of the victim's answer, more than it gets until the prompt is "
                                                               "read (default 6000)")
    parser.add_argument("--answers", type=int, default=10, help="structured: answers in each run (default 10)")
    parser.add_argument("--no-save", action="store_true", help="print only")
    options = parser.parse_args()
    if options.rates and not (options.slots and options.requests):
        parser.error("--rates needs --slots and --requests")
    setup = Setup(options)
    report = header(setup)
    what = list(options.what)
    if "speed" in what:
        report["speed"] = speed(setup)
    if "rivals" in what:
        report["rivals"] = rivals(setup)
    if "state" in what:
        report["state"] = state(setup)
    if "batched" in what:
        report["batched"] = batched_sequences(setup, options)
    if "victim" in what:
        report["victim"] = victim(setup, options)
    if "overload" in what:
        report["overload"] = overload(setup, options)
    if "serve" in what:
        report["serve"] = serve(setup, options)
    if "structured" in what:
        report["structured"] = structured_answers(setup, options)
    if "start" in what:
        report["start_and_memory"] = start_and_memory(setup)
    if "jmh" in what:
        rest = what[what.index("jmh") + 1:]
        report["jmh"] = jmh(setup, rest[0] if rest else ".*")
    if not options.no_save:
        RESULTS.mkdir(exist_ok=True)
        kinds = "-".join(key for key in KINDS if key in report)
        cpu = "-".join(report["machine"]["cpu"].replace("(R)", "").lower().split()[:3])
        file = RESULTS / f"{report['date'][:10]}-{cpu}-{report['machine']['cores']}-cores-{kinds}.json"
        file.write_text(json.dumps(report, indent=2) + "\n")
        say(f"written to {file.relative_to(ROOT)}")
        if "serve" in report:
            file.with_suffix(".html").write_text(serve_report.page(report))
            say(f"written to {file.with_suffix('.html').relative_to(ROOT)}")


if __name__ == "__main__":
    main()
