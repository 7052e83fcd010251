"""The tables that figures.py knows: the load (what was asked, how often), the columns and the rows of each, from raw results.

The raw results of November 2026 have other names here and there; they are read as well.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

from .precisions import PRECISIONS

NAMES = {"llama.cpp": "llama.cpp", "llama-bench": "llama.cpp", "ffm": "FFM", "jni": "JNI"}


def fixed(value, decimals):
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def short(value):
    """Three significant digits, and all digits of what is 100 and more."""
    return fixed(value, 0 if value >= 100 else 1 if value >= 10 else 2)


def rounds(count):
    return f"{count} interleaved rounds" if count > 1 else "one round"


def speed(raw):
    result = raw["speed"]
    tests = {key: f"{key}{tokens}" for key, tokens in result["tests"].items()} if "tests" in result else \
        {test: test for test in result["median"]["ffm"] if re.fullmatch(r"(pp|tg)\d+", test)}
    control = next(name for name in ("llama-bench", "llama.cpp") if name in result["median"])
    runs = result["samples_tokens_per_second"]["ffm"][next(iter(tests))]
    count, repetitions = (len(runs), len(runs[0])) if isinstance(runs[0], list) else (result["rounds"], result["repetitions"])
    together = any(key.startswith("S_") for key in result["median"]["ffm"])
    processes = "" if "tests" in result else ", all tests in one process" if together else ", a process per test"
    return f"{rounds(count)} of {repetitions} repetitions{processes}", *compared(result, control, "llama-bench", tests, 1)


def compared(result, control, name, tests, decimals):
    median, ratio = result["median"], result["ratio"]
    rows = [[label, fixed(median[control][key], decimals),
             *(cell for binding in ("ffm", "jni") for cell in (fixed(median[binding][key], decimals), fixed(ratio[binding][key], 3)))]
            for key, label in tests.items()]
    return ["tokens/s", name, "FFM", "ratio", "JNI", "ratio"], rows


def batched(raw):
    result = raw.get("batched") or raw["speed"]
    settings = result.get("batched", result) if "speed" in raw else result
    tests = {key: "{}, {} KV, {} sequence{}".format(*key.split(" "), "" if key.endswith(" 1") else "s")
             for key in result["median"]["ffm"] if key.startswith("S_")}
    ordered = dict(sorted(tests.items(), key=lambda item: (item[0].split()[1], item[0].split()[0], int(item[0].split()[2]))))
    load = (f"{settings['prompt']} prompt and {settings['generated']} generated tokens each, micro-batches of "
            f"{settings['micro_batch']}, {rounds(result['rounds'])}")
    return load, *compared(result, "llama.cpp", "llama-batched-bench", ordered, 1)


def rivals(raw):
    result = raw["rivals"]
    labels = {"ffm": "Tokapu, FFM", "jni": "Tokapu, JNI"}
    rows = [[labels.get(name, name), fixed(value, 1)] for name, value in result["median"].items()]
    return f"greedy, one text of 128 tokens, {rounds(result['rounds'])} of {result['repetitions']}", ["binding", "tokens/s"], rows


def start(raw):
    result = raw.get("start") or raw["start_and_memory"]
    labels = {"llama-completion": "llama-completion without warm-up", "llama-completion with warm-up": "llama-completion",
              **started("run")}
    load = f"{rounds(result['rounds'])}; the limit is 1.2 x llama-completion without warm-up + 100 ms = {result['limit_ms']} ms"
    return load, ["process start to first byte", "ms", "peak memory, MiB"], time_and_memory(result, labels, "first_byte_ms")


def start_serve(raw):
    result = raw["start-serve"]
    labels = {"llama-server": "llama-server without warm-up", "llama-server with warm-up": "llama-server", **started("serve")}
    prefix = f", under `{raw['prefix']}` beside other work" if raw["prefix"] else ""
    return (f"{rounds(result['rounds'])}, 4 answers at a time of 512 tokens{prefix}",
            ["process start to first event of an answer over HTTP", "ms", "peak memory, MiB"],
            time_and_memory(result, labels, "first_event_ms"))


def started(command):
    return {"tokapu, model file": f"`./tokapu {command}`, FFM, model from its file",
            "tokapu, model jar": f"`./tokapu {command}`, FFM, model mapped from its jar",
            "tokapu, model jar, jni": f"`./tokapu {command}`, JNI, model mapped from its jar"}


def time_and_memory(result, labels, time):
    return [[label, fixed(result["median"][name][time], 1), fixed(result["median"][name]["peak_rss_mib"], 1)]
            for name, label in labels.items()]


def jmh(raw, labels):
    systems = {"jdk25-ffm": "FFM, JDK 25", "jdk25-jni": "JNI, JDK 25", "jdk17-jni": "JNI, JDK 17"}
    rows = [[label, *(short(raw["jmh"][system][name]["score"]) for system in systems)] for name, label in labels.items()]
    units = {raw["jmh"]["jdk25-ffm"][name]["unit"] for name in labels}
    return "one fork, five iterations of one second", ["/".join(sorted(units)).replace("/op", ""), *systems.values()], rows


def calls(raw):
    return jmh(raw, {"CallBenchmark.abiVersion": "a call that does nothing (`abiVersion`)",
                     "CallBenchmark.piece": "text of a token (`piece`)"})


def texts(raw):
    return jmh(raw, {**{f"TokenizeBenchmark.tokenize {n}": f"tokenize {n:,} characters" for n in (16, 1024, 65536)},
                     **{f"TokenizeBenchmark.detokenize {n}": f"detokenize as many as tokenize {n:,}" for n in (16, 1024, 65536)}})


def samplers(raw):
    return jmh(raw, {"SamplingBenchmark.copyLogits": "copy the logits, 49,152 floats", "SamplingBenchmark.greedy": "greedy",
                     "SamplingBenchmark.javaReading": "greedy behind a Java sampler that reads all candidates",
                     "SamplingBenchmark.javaChanging": "greedy behind a Java sampler that changes all candidates",
                     "SamplingBenchmark.defaultChain": "the default chain",
                     "SamplingBenchmark.javaBehindTopK": "top-k 40, a Java sampler that changes the 40, greedy"})


def state(raw):
    result = raw["state"]
    rates, size = result["mb_per_second"], result["bytes"] / 1e6
    labels = {"take": "take the state, MB/s", "restore": "restore it, MB/s", "write": "write it to a stream, with checksum, MB/s",
              "save": "save it to a file, MB/s", "load": "load it, MB/s"}
    alone = {"take": rates["llama.cpp"]["get_data"], "restore": rates["llama.cpp"]["set_data"]}
    rows = [[label, fixed(alone[key], 0) if key in alone else None, *(fixed(rates[name][key], 0) for name in ("ffm", "jni"))]
            for key, label in labels.items()]
    forks = result["fork_8_microseconds"]
    rows.append(["8 forks of it, ms", None, *(fixed(forks[name] / 1000, 2) for name in ("ffm", "jni"))])
    runs = result["samples"]["ffm"]
    load = f"a state of {size:.0f} MB, {rounds(len(runs))} of {len(runs[0]['take_ns'])} repetitions"
    return load, [f"a sequence of {result['tokens']:,} tokens", "llama.cpp alone", "FFM", "JNI"], rows


def structured(raw):
    result = raw["structured"]
    columns = ["", "ms per token, free", "with the grammar", "the grammar's share", "answers/s", "ratio", "complete, %",
               "equal to the server's, %"]
    rows = [[NAMES.get(name, name), fixed(values["free_ms_per_token"], 1), fixed(values["structured_ms_per_token"], 1),
             fixed(values["grammar_ms_per_token"], 1), fixed(values["answers_per_second"], 2),
             fixed(result["ratio"][name]["answers_per_second"], 2), fixed(100 * values["complete"], 0),
             fixed(100 * values["same_text_as_server"], 0)] for name, values in result["median"].items()]
    runs = result["samples"]["ffm"]
    tokens = result["median"]["llama-server"]["tokens_per_answer"]
    return f"{rounds(len(runs))} of {len(runs[0])} answers of {tokens:.0f} tokens, greedy", columns, rows


def serve(*raws):
    """Runs on one machine: of other numbers of users, or of the engine through another binding."""
    found = {}
    for raw in raws:
        result = raw["serve"]
        for point in map(str, result["points"]):
            systems = found.setdefault(int(point), {})
            for name, label in served(result, point).items():
                systems.setdefault(label, (result["median"][name][point], result["ratio"][name][point]))
            systems.setdefault(named(result, "ideal", point), ({"output_throughput": result["ideal_output_throughput"][point]}, {}))
    counted = any("tokens_per_joule" in values for systems in found.values() for values, _ in systems.values())
    rows = [[point, label, *serve_cells(systems[label], counted)]
            for point, systems in sorted(found.items()) for label in sorted(systems, key=lambda label: (label.startswith("ideal"), label))]
    result = raws[0]["serve"]
    settings = "".join(f", {key}={value}" for key, value in result["engine_settings"])
    load = (f"{result['input']} tokens in, {result['output']} out, {result['per_user']} requests per user, "
            f"{rounds(result['rounds'])}{settings}")
    return load, ["users", "system", "output tokens/s", "of the ideal", "x llama-server", "TTFT p50 ms",
                  "TTFT p99 ms", "ITL p50 ms", "ITL p99 ms", *(["tokens/J"] if counted else [])], rows


def arrivals(*raws):
    """Loads of the same requests: users at once, then random times."""
    measured = []
    for raw in raws:
        result = raw["serve"]
        for point in map(str, result["points"]):
            load = f"{point} requests/s" if result["rates"] else f"{point} users"
            measured += [(load, label, result["median"][name][point]) for name, label in served(result, point).items()]
    counted = any("tokens_per_joule" in values for _, _, values in measured)
    rows = []
    for load, label, values in measured:
        throughput, _, _, *times = serve_cells((values, {}), counted)
        rows.append([load, label, fixed(values["request_throughput"], 2), fixed(values["request_goodput"], 2), throughput, *times])
    result = raws[0]["serve"]
    load = (f"{result['input']} tokens in, {result['output']} out, {result['per_user']} requests per user, or random times (Poisson); "
            f"good: {result['goodput']} ms; {rounds(result['rounds'])}")
    return load, ["load", "system", "answers/s", "good ones/s", "output tokens/s", "TTFT p50 ms", "TTFT p99 ms", "ITL p50 ms", "ITL p99 ms",
                  *(["tokens/J"] if counted else [])], rows


def served(result, point):
    """What the systems of a run are called in a table."""
    labels = {"llama-server": named(result, "llama-server", point),
              "tokapu": f"engine, {NAMES[result.get('binding', 'ffm')]}", "tokapu-jni": "engine, JNI"}
    return {name: label for name, label in labels.items() if name in result["median"]}


def named(result, name, point):
    """With the settings at a point, where it was tuned."""
    tuned = result.get("tuned", {}).get(name, {}).get(point)
    return f"{name}, {tuned}" if tuned else name


def serve_cells(measured, counted):
    values, ratio = measured
    cells = [short(values["output_throughput"]), fixed(ratio["ideal"], 2) if "ideal" in ratio else None,
             fixed(ratio["output_throughput"], 2) if "output_throughput" in ratio else None,
             *(short(values[key]) if key in values else None for key in (f"{p}_{time}_ms" for time in ("ttft", "itl") for p in ("p50", "p99")))]
    return [*cells, *([short(values["tokens_per_joule"]) if "tokens_per_joule" in values else None] if counted else [])]


def speculation(raw):
    result = raw["speculation"]
    labels = {"llama-server": "llama-server", "llama-server-draft": "llama-server, draft model", "tokapu": "engine",
              "tokapu-draft": "engine, draft model", "tokapu-bad": "engine, wrong draft model", "tokapu-ngram": "engine, n-grams",
              "llama-server-mtp": "llama-server, MTP heads", "tokapu-mtp": "engine, MTP heads",
              "tokapu-mtp-always": "engine, MTP heads in each step"}
    rows = []
    for point in map(str, result["points"]):
        for name, points in result["median"].items():
            counts = result["drafts"].get(name, {}).get(point, {})
            drafted = counts.get("drafted_tokens")
            ratio = result["ratio"].get(name, {}).get(point)
            rows.append([int(point), labels[name], short(points[point]), fixed(ratio, 2) if ratio else None, drafted or None,
                         fixed(counts["accepted_tokens"] / drafted, 2) if drafted else None])
    load = (f"{result['input']} tokens in, {result['output']} out, {result['per_user']} requests per user, "
            f"{rounds(result['rounds'])}"
            + ("" if result.get("mtp") else f", layers of the draft model {result['keep']}, of the wrong one {result['bad']}")
            + (f", under `{raw['prefix']}` beside other work" if raw.get("prefix") else ""))
    return load, ["users", "system", "output tokens/s", "x without", "drafted tokens", "right"], rows


def step_parts(raw):
    rows = []
    for point, runs in raw["serve"]["samples"]["tokapu"].items():
        parts = {key: sum(run["details"][f"{key}_ms"] for run in runs) for key in ("decode", "sample", "deliver", "plan")}
        rows.append([int(point), *(fixed(100 * value / sum(parts.values()), 1) for value in parts.values())])
    result = raw["serve"]
    return f"{result['input']} tokens in, {result['output']} out, FFM", [
        "users", "decode, %", "sample, %", "deliver, %", "plan, %"], rows


def interference(*raws):
    results = [raw.get("interference") or raw["victim"] for raw in raws]
    rows = []
    for result in results:
        for name, values in result["median"].items():
            if name == "llama-server" and result is not results[0]:
                continue
            kv = name.removeprefix("tokapu ").upper()
            rows.append([name if name == "llama-server" else f"engine, `{kv}`, {NAMES[result.get('binding', 'ffm')]}",
                         *(fixed(values[key], 1) for key in ("idle_p50_ms", "during_p50_ms", "during_p99_ms", "during_max_ms",
                                                             "p99_by_idle_median", "after_p50_ms", "prompt_seconds"))])
    load = f"a prompt of {results[0]['prompt']:,} tokens beside one answer, " + ", ".join(
        f"{NAMES[result.get('binding', 'ffm')]} {rounds(result['rounds'])}" for result in results)
    return load, ["inter-token latency, ms", "alone p50", "meanwhile p50", "p99", "max", "p99 / alone p50", "afterwards p50",
                  "prompt answered after, s"], rows


def foreign_load(raw):
    result = raw["foreign-load"]
    names = list(next(iter(next(iter(result["median"].values())).values())))
    labels = {"llama-server": "llama-server", **{name: f"engine, {name}" for name in names[1:]}}
    rows = [[int(count), int(point), *(short(values[name]) for name in names), fixed(values["adaptive"] / values["llama-server"], 2)]
            for count, points in result["median"].items() for point, values in points.items()]
    load = f"{result['input']} tokens in, {result['output']} out, {result['per_user']} requests per user, {rounds(result['rounds'])}"
    return load, ["other programs", "users", *(labels[name] for name in names), "adaptive x llama-server"], rows


def prefix(raw):
    result = raw["prefix"]
    labels = {"tokapu": "engine", "tokapu many": "engine, a sequence for each conversation", "tokapu endless": "engine, KV cache for all",
              "tokapu without": "engine without the cache", "llama-server": "llama-server"}
    rows = []
    for scenario, systems in result["median"].items():
        for name, values in systems.items():
            system, kv = name.rsplit(" ", 1)
            rows.append([scenario, labels[system], f"`{kv.upper()}`", round(values["prefilled_tokens"]),
                         fixed(values["prefilled_by_ideal"], 2), *(short(values[f"{p}_ttft_ms"]) for p in ("p50", "p99")),
                         short(values["output_throughput"])])
    load = "; ".join(f"{scenario}: " + ", ".join(f"{number:,} {name}" for name, number in sizes.items())
                     for scenario, sizes in result["used_sizes"].items())
    return f"{load}; {rounds(result['rounds'])}", [
        "load", "system", "KV cache", "prefilled tokens", "of the ideal", "TTFT p50 ms", "TTFT p99 ms", "output tokens/s"], rows


def overload(raw):
    result = raw["overload"]
    labels = {"waits": "users, the queue takes all", "refuses": "users, a queue as long as the slots",
              "arrivals": "random arrivals, the short queue"}
    rows = [[labels[kind], *(short(points[times]["output_throughput"]) for times in ("1", "4", "16")),
             fixed(min(points[times]["of_peak"] for times in ("4", "16")), 2), points["16"]["completed"], points["16"]["rejected"],
             sum(values["failed"] + values["unanswered"] for values in points.values())]
            for kind, points in result["median"].items()]
    load = f"{result['slots']} slots, {result['input']} tokens in, {result['output']} out, {rounds(result['rounds'])}"
    return load, ["output tokens/s at a load of", "1 x", "4 x", "16 x", "least of the peak, 4 x and 16 x", "answered at 16 x",
                  "rejected at 16 x", "lost"], rows


def overload_kv(*raws):
    rows = []
    for raw in raws:
        result = raw["overload"]
        kv = dict(result["engine_settings"]).get("kv", "split").upper()
        waits, arrivals = result["median"]["waits"], result["median"]["arrivals"]
        rows.append([f"`{kv}`, {result['input']} in, {result['output']} out",
                     *(short(points[times]["output_throughput"]) for points in (waits, arrivals) for times in ("1", "4", "16")),
                     *(short(arrivals["1"][f"{p}_ttft_ms"]) for p in ("p50", "p99"))])
    return f"{raws[0]['overload']['slots']} slots, one round each", [
        "output tokens/s", "users, 1 x", "4 x", "16 x", "random arrivals, 1 x", "4 x", "16 x",
        "TTFT of arrivals at 1 x, p50 ms", "p99 ms"], rows


def steps(raw):
    times = {kv: {step["shape"]: step["decode_ms"] for step in raw["steps"][kv]} for kv in ("split", "unified")}
    shapes = [("one token", "unified", "0", None), ("one token", "split", "0", None),
              *((f"one token and {n} of a prompt", "unified", f"0,1x{n}", f"0,1x{n}:0,1x{n - 1}") for n in (7, 15, 31)),
              *((f"one token and {n} of a prompt", "split", f"0,1x{n}", f"0,1x{n}:0,1x{n - 1}") for n in (2, 8, 32)),
              *((f"padded: {n} tokens and {n} of a prompt", "split", f"0-1x{n}", other)
                for n, other in ((4, None), (8, "0-1x8:0-1x7"), (16, "0-1x16:0-1x15"), (32, "0-1x32:0-1x31")))]
    rows = [[label, f"`{kv.upper()}`", fixed(times[kv][shape], 1), fixed(times[kv][other], 1) if other in times[kv] else None]
            for label, kv, shape, other in shapes]
    bench = raw["steps"]
    load = f"`StepBench`, {bench['sequences']} sequences of {bench['tokens_each']:,} tokens, {bench['binding'].upper()}"
    return load, ["a step of", "KV cache", "ms", "ms when the shape varies"], rows


def checks(raw):
    both = [raw["checks"]["ffm"], raw["checks"]["jni"]]
    rows = [[f"device memory lost by {both[0]['memory']['cycles']} cycles of load, decode, close, MiB",
             *(fixed(run["memory"]["lost_first_mib"] + run["memory"]["lost_later_mib"], 0) for run in both)],
            [f"two models in two threads answer as each alone, {both[0]['two_models']['rounds']} rounds",
             *("yes" if run["two_models"]["equal_to_alone"] else "no" for run in both)],
            ["memory of model and context, MiB: predicted, reported, taken from the device",
             *(", ".join(f"{run['estimate'][key]:,.1f}" for key in ("predicted_mib", "reported_mib", "taken_from_device_mib"))
               for run in both)],
            [f"`abort()` during a prefill, ms: median and max of {both[0]['stop_ms']['of']}",
             *(f"{run['stop_ms']['median']}, {run['stop_ms']['max']}" for run in both)]]
    for index, room in enumerate(fit["room_mib"] for fit in both[0]["fit"]):
        rows.append([f"`fit()` with {room:,} MiB free: layers, MiB estimated and taken", *(", ".join(
            ("all" if fit["layers"] < 0 else str(fit["layers"]), f"{fit['estimate_mib']:,.0f}", f"{fit['taken_mib']:,.0f}"))
            for fit in (run["fit"][index] for run in both))])
    greedy = both[0]["greedy"]
    rows.append([f"greedy texts of the default model, {greedy['tokens']} tokens, equal to the CPU's, of {greedy['prompts']}",
                 *(run["greedy"]["same"] for run in both)])
    rows.append(["largest gap of logits at a first difference", *(fixed(max(
        difference["logit_gap"] for difference in run["greedy"]["different"]), 2) for run in both)])
    return "`run.sh checks`", ["check", "FFM", "JNI"], rows


TABLES = {
    "cpu-speed": speed, "cpu-start": start, "cpu-start-serve": start_serve, "cpu-calls": calls, "cpu-texts": texts,
    "cpu-samplers": samplers, "cpu-state": state,
    "cpu-structured": structured, "cpu-batched": batched, "cpu-rivals": rivals, "cpu-serve": serve, "cpu-interference": interference,
    "cpu-foreign-load": foreign_load,
    "cpu-overload": overload, "cpu-prefix": prefix, "cpu-speculation": speculation, "gpu-speculation": speculation,
    "gpu-speed": speed, "gpu-speed-one-process": speed, "gpu-batched": batched, "gpu-checks": checks,
    **{f"gpu-serve-{precision}": serve for precision in PRECISIONS},
    "gpu-step-parts": step_parts, "gpu-arrivals": arrivals, "gpu-serve-device-sampling": serve, "gpu-interference": interference, "gpu-prefix": prefix,
    "gpu-overload": overload,
    "gpu-overload-kv": overload_kv, "gpu-steps": steps}
