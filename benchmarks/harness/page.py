"""one page with plots from the results of serve; it needs nothing beside itself and runs no script"""

import html
import json
import math
from pathlib import Path

STYLE = """
:root { color-scheme: light dark; --text: #1d2129; --dim: #5b6472; --line: #d4d9e0; --back: #fff;
        --c0: #1f6fd0; --c1: #c2570c; --c2: #1a7f4b; --c3: #8e3fb5; --c4: #a3214f; --c5: #57606a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --dim: #9aa4b2; --line: #3a424e; --back: #14171c;
          --c0: #6cb0ff; --c1: #ff9d57; --c2: #5fd092; --c3: #cf9bf0; --c4: #ff8aae; --c5: #aab2bd; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 1120px; margin: 1.5rem auto;
       padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p, dd { color: var(--dim); } dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(500px, 100%), 1fr)); gap: 1.2rem; }
figure { margin: 0; } figcaption { font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid var(--line); } th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--dim); font: 12px system-ui, sans-serif; }
.grid { stroke: var(--line); stroke-width: 1; } .mark { stroke: none; }
.s { fill: none; stroke-width: 2; stroke-linejoin: round; } .dash { stroke-dasharray: 6 4; }
""" + "".join(f".c{i} {{ stroke: var(--c{i}); }} .f{i} {{ fill: var(--c{i}); }} " for i in range(6))

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 540, 300, 62, 16, 14, 44
# As LoadReport's.
BUCKET_RATIO = 1.05
TIMES = (("ttft", "TTFT"), ("tpot", "TPOT"), ("itl", "ITL"), ("e2el", "E2EL"))


def number(value):
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def steps(low, high, log):
    """Values of grid lines: round numbers from below low to above high."""
    if log:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        factors = (1, 1.5, 2, 3, 4, 6, 8) if high < 10 * low else (1, 2, 5) if high < 1000 * low else (1,)
        values = [factor * 10 ** power for power in range(first, last + 1) for factor in factors]
        above = next((i for i, value in enumerate(values) if value >= high), len(values) - 1)
        below = max([i for i, value in enumerate(values) if value <= low], default=0)
        return values[below:max(above, below + 1) + 1]
    high = high or 1
    size = 10 ** math.floor(math.log10(high / 4))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= high / 5)
    return [i * step for i in range(math.ceil(high / step) + 1)]


class Plot:
    """A plot with its axes; lines and bars are added by their values."""

    def __init__(self, x_label, y_label, xs, ys, log_x, log_y, x_ticks=None):
        self.log_x, self.log_y = log_x, log_y
        y_ticks = steps(min(ys), max(ys), log_y)
        self.x_range = (min(xs), max(xs)) if min(xs) < max(xs) else (min(xs) / 2, max(xs) * 2)
        self.y_range = (y_ticks[0], y_ticks[-1])
        self.parts = []
        for value in y_ticks:
            y = self.y(value)
            self.parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                              f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number(value)}</text>')
        for value in x_ticks or [v for v in steps(*self.x_range, log_x) if self.x_range[0] <= v <= self.x_range[1]]:
            self.parts.append(f'<text x="{self.x(value):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{number(value)}</text>')
        self.parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{x_label}</text>'
                          f'<text transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">{y_label}</text>')

    @staticmethod
    def part(value, bounds, log):
        low, high = bounds
        if log:
            return (math.log(max(value, low)) - math.log(low)) / (math.log(high) - math.log(low))
        return (value - low) / (high - low)

    def x(self, value):
        return LEFT + self.part(value, self.x_range, self.log_x) * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        return HEIGHT - BOTTOM - self.part(value, self.y_range, self.log_y) * (HEIGHT - TOP - BOTTOM)

    def line(self, color, points, dashed=False, marks=True):
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        self.parts.append(f'<polyline class="s c{color}{" dash" if dashed else ""}" points="{path}"/>')
        if marks:
            self.parts += [f'<circle class="mark f{color}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3.5">'
                           f"<title>{number(x)}: {number(y)}</title></circle>" for x, y in points]

    def figure(self, caption, legend):
        """legend: (text, color, dashed)."""
        keys = " ".join(
            f'<span style="white-space:nowrap"><svg style="display:inline;width:26px;height:10px" viewBox="0 0 26 10">'
            f'<line class="s c{color}{" dash" if dashed else ""}" x1="1" x2="25" y1="5" y2="5"/></svg> {html.escape(text)}</span>'
            for text, color, dashed in legend)
        return (f'<figure><figcaption>{caption}</figcaption><div>{keys}</div>'
                f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(self.parts)}</svg></figure>')


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
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/>'
            f"<title>Serving many requests</title><style>{STYLE}</style></head><body><h1>Serving many requests</h1>{facts(report)}"
            f'<h2>Throughput and latency</h2><div class="plots">{"".join(plots)}</div>'
            f'<h2>Distributions</h2><div class="plots">{"".join(spread)}</div>'
            f"<h2>Figures</h2>{figures(serve)}"
            "<p>TTFT: to the first token; TPOT: per token after the first, of each answer; ITL: between arrivals of tokens; E2EL: to the "
            "last token. Latencies of open loads count from the time when a request was to be sent. Ideal: output tokens per second of "
            "llama-batched-bench for the same lengths and as many sequences.</p></body></html>\n")


def arguments(parser):
    parser.add_argument("results", type=Path, metavar="RESULTS.json")
    parser.add_argument("page", type=Path, metavar="PAGE.html")


def run(options):
    options.page.write_text(page(json.loads(options.results.read_text())))
