"""one page with plots from the results of serve"""

import html
import json
from pathlib import Path

from .plots import Plot, document, number

# As LoadReport's.
BUCKET_RATIO = 1.05
TIMES = (("ttft", "TTFT"), ("tpot", "TPOT"), ("itl", "ITL"), ("e2el", "E2EL"))


def colors(serve):
    """The same color everywhere; the last is for the ideal."""
    return {name: i % 5 for i, name in enumerate(serve["median"])}


def axis(serve):
    return "requests per second" if serve["rates"] else "users at once"


def over_points(serve, caption, y_label, series, log_y):
    """series: (text, color, dashed, {point: value})."""
    series = [(text, color, dashed, {float(x): y for x, y in values.items() if y > 0 or not log_y})
              for text, color, dashed, values in series]
    series = [entry for entry in series if entry[3]]
    if not series:
        return ""
    xs = sorted({x for *_, values in series for x in values})
    ys = [y for *_, values in series for y in values.values()]
    plot = Plot(axis(serve), y_label, xs, ys, True, log_y, xs)
    for _, color, dashed, values in series:
        plot.line(color, sorted(values.items()), dashed)
    return plot.figure(caption, [entry[:3] for entry in series])


def throughput(serve):
    series = [(name, colors(serve)[name], False, {point: values["output_throughput"] for point, values in points.items()})
              for name, points in serve["median"].items()]
    series.append(("ideal (llama-batched-bench)", 5, True, serve["ideal_output_throughput"]))
    return over_points(serve, "Output tokens per second", "tokens/s", series, False)


def goodput(serve):
    series = [(name, colors(serve)[name], False,
               {point: values["request_goodput"] for point, values in points.items() if "request_goodput" in values})
              for name, points in serve["median"].items()]
    return over_points(serve, f"Goodput: answers per second within {html.escape(serve['goodput'])} ms", "requests/s", series, False)


def percentiles(serve, key, name):
    series = [(f"{system} {percentile}", colors(serve)[system], percentile == "p99",
               {point: values[f"{percentile}_{key}_ms"] for point, values in points.items()})
              for system, points in serve["median"].items() for percentile in ("p50", "p99")]
    return over_points(serve, name, "ms", series, True)


def outline(pairs):
    """Steps around buckets, of which the empty ones are left out."""
    points = []
    for bound, share in pairs:
        start = bound / BUCKET_RATIO
        if points and start <= points[-1][0] * 1.005:
            points.pop()
        else:
            points.append((start, 0))
        points += [(start, share), (bound, share), (bound, 0)]
    return points


def histogram(serve, key, name, point):
    """The share of values in each bucket, of all rounds together."""
    shares = {}
    for system, points in serve["samples"].items():
        buckets = {}
        for run in points[point]:
            for bound, count in run["histograms"][key]:
                buckets[bound] = buckets.get(bound, 0) + count
        total = sum(buckets.values())
        shares[system] = [(bound, 100 * count / total) for bound, count in sorted(buckets.items())]
    values = [pair for pairs in shares.values() for pair in pairs]
    if not values:
        return ""
    plot = Plot(f"{name}, ms", "% of values", [edge for x, _ in values for edge in (x / BUCKET_RATIO, x)],
                [y for _, y in values], True, False)
    for system, pairs in shares.items():
        plot.line(colors(serve)[system], outline(pairs), marks=False)
    return plot.figure(f"{name}, {axis(serve)}: {point}", [(system, colors(serve)[system], False) for system in shares])


def figures(serve):
    head = ["system", axis(serve), "output tokens/s", "of ideal", "x llama-server", "requests/s",
            *(f"{name} {p} ms" for _, name in TIMES for p in ("p50", "p90", "p99")), "answers", "rejected", "failed"]
    rows = []
    for name, points in serve["median"].items():
        for point, values in points.items():
            ratio = serve["ratio"][name][point]
            cells = [name, point, number(values["output_throughput"]), *(f"{ratio[key]:.3f}" if key in ratio else "" for key in
                     ("ideal", "output_throughput")), number(values["request_throughput"]),
                     *(number(values[f"{p}_{key}_ms"]) for key, _ in TIMES for p in ("p50", "p90", "p99")),
                     *(str(values[key]) for key in ("completed", "rejected", "failed"))]
            rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>")
    for point, value in serve["ideal_output_throughput"].items():
        rows.append(f"<tr><td>ideal</td><td>{point}</td><td>{number(value)}</td></tr>")
    return ('<div class="scroll"><table><tr>' + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>" + "".join(rows)
            + "</table></div>")


def facts(report):
    serve = report["serve"]
    machine = report["machine"]
    devices = "; ".join(device["name"] for device in report.get("devices", []))
    values = {
        "Machine": ", ".join(text for text in (devices, f"{machine['cpu']}, {machine['cores']} cores") if text),
        "Model": report["model"]["file"],
        "Commit": f"{report['commit'][:12]}{'+changes' if report['commit'].endswith('+changes') else ''}, "
                  f"llama.cpp {report['llama_cpp']['tag']}",
        "Date": report["date"],
        "Load": f"{serve['input']} tokens in, {serve['output']} out, "
                + (f"groups with a common beginning {serve['prefix_groups']}, " if serve["prefix_groups"] else "")
                + f"{serve['rounds']} interleaved rounds, medians; {report['threads']} threads",
    }
    return "<dl>" + "".join(f"<dt>{key}</dt><dd>{html.escape(str(value))}</dd>" for key, value in values.items()) + "</dl>"


def page(report):
    serve = report["serve"]
    points = list(next(iter(serve["samples"].values())))
    plots = [throughput(serve), goodput(serve), percentiles(serve, "ttft", "Time to first token"),
             percentiles(serve, "itl", "Time between tokens"), percentiles(serve, "tpot", "Time per output token, of an answer"),
             percentiles(serve, "e2el", "End to end latency")]
    spread = [histogram(serve, key, name, point) for point in points for key, name in (("itl", "Time between tokens"),
                                                                                      ("e2el", "End to end latency"))]
    return document(
        "Serving many requests",
        f'{facts(report)}<h2>Throughput and latency</h2><div class="plots">{"".join(plots)}</div>'
        f'<h2>Distributions</h2><div class="plots">{"".join(spread)}</div>'
        f"<h2>Figures</h2>{figures(serve)}"
        "<p>TTFT: to the first token; TPOT: per token after the first, of each answer; ITL: between arrivals of tokens; E2EL: to the "
        "last token. Latencies of open loads count from the time when a request was to be sent. Ideal: output tokens per second of "
        "llama-batched-bench for the same lengths and as many sequences.</p>")


def arguments(parser):
    parser.add_argument("results", type=Path, metavar="RESULTS.json")
    parser.add_argument("page", type=Path, metavar="PAGE.html")


def run(options):
    options.page.write_text(page(json.loads(options.results.read_text())))
