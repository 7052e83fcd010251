"""the public page: output tokens per second by precision and users, beside llama-server, the ideal, the roofline and what vLLM publishes

Measured figures are those of benchmarks/figures, as the tables of docs/performance.md. A point that was not
measured says so, and no line is drawn across it.
"""

import html
import json
from decimal import Decimal

from . import roofline
from .plots import Plot, document, number

PRECISIONS = {"q4_0": "Q4_0", "q8_0": "Q8_0", "f16": "F16", "bf16": "BF16"}
USERS = (1, 8, 32, 64, 128, 256)
SATURATED = 1024  # where the axis has "all at once": published figures that name no number of users
PROMPT, GENERATED = 512, 128
GOAL = 0.92  # of the ideal
SERVER, FFM, JNI, IDEAL, ROOFLINE, PUBLISHED = "llama-server", "engine, FFM", "engine, JNI", "ideal", "roofline", "vLLM"
SYSTEMS = (FFM, JNI, SERVER, IDEAL)
NAMES = {FFM: "Tokapu, FFM", JNI: "Tokapu, JNI", SERVER: "llama-server", IDEAL: "ideal", ROOFLINE: "roofline", PUBLISHED: "vLLM, published"}
COLORS = {FFM: 0, SERVER: 1, IDEAL: 2, JNI: 3, PUBLISHED: 4, ROOFLINE: 5}
DASHED = (IDEAL, ROOFLINE, JNI)
THROUGHPUT, OF_IDEAL, ENERGY = "output tokens/s", "of the ideal", "tokens/J"

HOW = """<h2>What the lines are</h2><dl>
<dt>Tokapu</dt><dd>The engine with the options that it chooses by itself, through either binding.</dd>
<dt>llama-server</dt><dd>Of the same build of llama.cpp, with as many slots as users and without its prompt cache. A row that names a layout of
the KV cache and a micro-batch was tuned at its number of users: layout, micro-batch and the place of sampling, each kept where a short load was
faster. Rows without such settings were not tuned.</dd>
<dt>Ideal</dt><dd>llama-batched-bench of the same build: as many sequences in step, prompts first, then all tokens; nothing is sampled, and nobody
comes or goes. It is tuned in the same way. Each ratio is to the ideal of the same run.</dd>
<dt>Roofline</dt><dd>What a program cannot exceed on this GPU that computes one token a user and pass, with keys and values in F16 and no shared
prompts; speculation, a quantized KV cache or cached prefixes may. Of N users with P tokens in and G out, output tokens per second are at most
N&#160;G&#160;/&#160;max(bytes&#160;/&#160;bandwidth, operations&#160;/&#160;peak). Bytes: G passes over the weights, which all users share, and before
each token but the first its user's keys and values. Operations: two for each parameter and token; the output layer for tokens out alone. This is
the roofline model (Williams, Waterman and Patterson, Communications of the ACM 52(4), 2009) for a whole load; bandwidth and dense peak are
NVIDIA's: %(devices)s. Quantized weights are counted as multiplied in 8-bit integers.</dd>
<dt>vLLM</dt><dd>What others have published, with other GPUs, lengths and versions: an orientation, no comparison. Points on the line &#8220;all at
once&#8221; name no number of users.</dd></dl>
<h2>Measure it yourself</h2>
<p>On any machine with a GPU of NVIDIA: <code>benchmarks/gpu/pack.sh</code> where this repository is built, then
<code>benchmarks/gpu/run.sh table</code> on that machine. It needs Python 3 and neither Java nor network, goes on where it was stopped, and
writes the figures and this page. <code>benchmarks/run.py figures</code> writes the page from the figures alone.</p>"""


class Measured:
    """The figures of a precision: rows by users and system; empty when there are none."""

    def __init__(self, figures):
        self.head = figures or {}
        self.rows = {}
        columns = self.head.get("columns", [])
        for row in self.head.get("rows", []):
            values = dict(zip(columns, row))
            self.rows[values["users"], system(values["system"])] = values
        self.users = sorted({*USERS, *(users for users, _ in self.rows)})
        self.device = self.head.get("machine", "").split(",")[0]

    def value(self, users, name, column):
        value = self.rows.get((users, name), {}).get(column)
        return None if value is None else float(value)

    def has(self, column):
        return column in self.head.get("columns", [])

    def missing(self):
        return {name: [users for users in self.users if (users, name) not in self.rows] for name in SYSTEMS}


def system(name):
    """Settings may stand behind the name of what is tuned."""
    return next((tuned for tuned in (SERVER, IDEAL) if name.startswith(tuned)), name)


def read(folder, published):
    """The figures of each precision, and what others have published."""
    measured = {}
    for precision in PRECISIONS:
        file = folder / f"gpu-serve-{precision}.json"
        measured[precision] = Measured(json.loads(file.read_text(), parse_float=Decimal) if file.exists() else None)
    return measured, json.loads(published.read_text())


# --- plots -----------------------------------------------------------------------------------------------------------

def runs(points):
    """The points that are known, cut where one between them is not."""
    result = [[]]
    for users, value in points.items():
        if value is None:
            result.append([])
        else:
            result[-1].append((users, value))
    return [run for run in result if run]


def draw(plot, name, points, color, dashed=False, marks=True):
    known = runs(points)
    for run in known:
        plot.line(color, run, dashed, marks)
    if known:
        plot.label(color, *known[-1][-1], name)


def axes(y_label, at, ys, log_y, saturated=False):
    ticks = [(users, str(users)) for users in at] + ([(SATURATED, "all at once")] if saturated else [])
    return Plot("users", y_label, [tick[0] for tick in ticks], ys, True, log_y, ticks, labeled=True)


def bound(measured, precision):
    return {users: roofline.output_throughput(measured.device, precision, users, PROMPT, GENERATED) for users in measured.users}


def series(measured, column):
    found = {name: {users: measured.value(users, name, column) for users in measured.users} for name in SYSTEMS}
    return {name: points for name, points in found.items() if any(value is not None for value in points.values())}


def throughput(measured, precision, published):
    lines = {ROOFLINE: bound(measured, precision), **series(measured, THROUGHPUT)}
    values = [value for points in lines.values() for value in points.values() if value is not None]
    values += [entry["output_tokens_per_second"] for entry in published]
    if not values:
        return ""
    plot = axes("tokens/s", measured.users, values, True, any(entry["users"] is None for entry in published))
    for name, points in lines.items():
        draw(plot, NAMES[name], points, COLORS[name], name in DASHED, name != ROOFLINE)
    for entry in published:
        plot.mark(COLORS[PUBLISHED], entry["users"] or SATURATED, entry["output_tokens_per_second"],
                  f"{entry['system']}, {entry['device']}, {entry['load']}: {number(entry['output_tokens_per_second'])}", True)
    if published:
        last = max(published, key=lambda entry: (entry["users"] or SATURATED, entry["output_tokens_per_second"]))
        plot.label(COLORS[PUBLISHED], last["users"] or SATURATED, last["output_tokens_per_second"], NAMES[PUBLISHED])
    return plot.figure("Output tokens per second")


def shares(measured):
    lines = series(measured, OF_IDEAL)
    if not lines:
        return ""
    plot = axes("of the ideal", measured.users, [1, *(value for points in lines.values() for value in points.values() if value is not None)], False)
    for name, points in lines.items():
        draw(plot, NAMES[name], points, COLORS[name], name in DASHED)
    plot.line(COLORS[IDEAL], [(measured.users[0], GOAL), (measured.users[-1], GOAL)], True, False)
    plot.label(COLORS[IDEAL], measured.users[-1], GOAL, f"wanted: {GOAL}")
    return plot.figure("Part of the ideal that is reached")


def energy(measured):
    lines = series(measured, ENERGY) if measured.has(ENERGY) else {}
    if not lines:
        return ""
    plot = axes("tokens/J", measured.users, [value for points in lines.values() for value in points.values() if value is not None], True)
    for name, points in lines.items():
        draw(plot, NAMES[name], points, COLORS[name], name in DASHED)
    return plot.figure("Output tokens per joule of what the machine's counters measure")


def overview(measured):
    lines = {PRECISIONS[precision]: {users: figures.value(users, FFM, THROUGHPUT) for users in figures.users} for precision, figures in measured.items()}
    values = [value for points in lines.values() for value in points.values() if value is not None]
    if not values:
        return ""
    plot = axes("tokens/s", sorted({users for points in lines.values() for users in points}), values, True)
    for color, (name, points) in enumerate(lines.items()):
        draw(plot, name, points, color)
    return plot.figure("Output tokens per second of Tokapu, FFM, by the precision of the weights")


# --- text ------------------------------------------------------------------------------------------------------------

def cell(value):
    return "" if value is None else f"{value:,}" if isinstance(value, (int, Decimal)) else html.escape(str(value))


def row(cells, tag="td"):
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in cells) + "</tr>"


def table(measured, precision):
    columns = measured.head.get("columns", ["users", "system", THROUGHPUT])
    lines = [row([*columns, "of the roofline"], "th")]
    bounds = bound(measured, precision)
    for users in measured.users:
        for name in SYSTEMS:
            values = measured.rows.get((users, name))
            if values is None:
                lines.append(f'<tr><td>{users}</td><td>{NAMES[name]}</td><td class="missing" colspan="{len(columns) - 1}">not measured</td></tr>')
                continue
            cells = [cell(values[column]) for column in columns]
            cells[1] = cells[1].replace("engine", "Tokapu").replace("`", "")
            lines.append(row([*cells, f"{float(values[THROUGHPUT]) / bounds[users]:.2f}" if bounds[users] else ""]))
        if bounds[users]:
            lines.append(row([users, ROOFLINE, number(bounds[users]), *[""] * (len(columns) - 2)]))
    return f'<div class="scroll"><table class="named">{"".join(lines)}</table></div>'


def conditions(measured):
    head = measured.head
    values = {"GPU": head["machine"], "Model": f"{head['model']}: the shape of an 8B model, random weights", "Load": head["load"],
              "Commit": f"{head['commit']}, llama.cpp {head['llama_cpp']}", "Date": head["date"]}
    missing = [f"{NAMES[name]} at {', '.join(map(str, users))}" for name, users in measured.missing().items() if users]
    if missing:
        values["Not measured"] = "; ".join(missing)
    if not bound(measured, "q4_0")[1]:
        values["Roofline"] = f"none: the bandwidth of {measured.device} is not in benchmarks/harness/roofline.py"
    if not measured.has(ENERGY):
        values["Energy"] = "not measured"
    return "<dl>" + "".join(f"<dt>{key}</dt><dd>{html.escape(value.replace('`', ''))}</dd>" for key, value in values.items()) + "</dl>"


def section(measured, precision, published):
    title = f'<h2 id="{precision}">{PRECISIONS[precision]}</h2>'
    plots = [throughput(measured, precision, published), shares(measured), energy(measured)]
    text = conditions(measured) if measured.head else f"<p>Not measured.{' The points are what vLLM publishes.' if published else ''}</p>"
    figures = table(measured, precision) if measured.head else ""
    return f'{title}{text}<div class="plots">{"".join(plots)}</div>{figures}'


def elsewhere(published):
    head = row(["precision", "users", "output tokens/s", "system", "GPU", "model", "load", "source"], "th")
    lines = [row([entry["precision"].upper(), entry["users"] or "all at once", cell(entry["output_tokens_per_second"]),
                  *(html.escape(entry[key]) for key in ("system", "device", "model", "load")),
                  f'<a href="{html.escape(entry["url"])}">{html.escape(entry["source"])}</a>; {html.escape(entry["note"])}'])
             for entry in published]
    return ('<h2 id="vllm">What vLLM publishes</h2><p>Of 8B models on one GPU, as found in November 2026. Where a source names no type of the '
            "weights, it is the model's own, BF16.</p>"
            f'<div class="scroll"><table class="words">{head}{"".join(lines)}</table></div>')


def page(measured, published):
    devices = "; ".join(f"{name} {bandwidth / 1e12:g} TB/s, {floats / 1e12:g} TFLOPS (16-bit floats), {integers / 1e12:g} TOPS (8-bit integers)"
                        for name, (bandwidth, floats, integers) in roofline.DEVICES.items())
    links = " &#183; ".join(f'<a href="#{key}">{name}</a>' for key, name in [*PRECISIONS.items(), ("vllm", "vLLM")])
    by_precision = {precision: [entry for entry in published if entry["precision"] == precision] for precision in PRECISIONS}
    return document(
        "Tokapu on one GPU, by precision and users",
        f"<p>Many users of an 8B model, each of whom sends {PROMPT} tokens, gets {GENERATED}, and sends the next request when the last has ended. "
        f"Figures and their conditions; a gap is something that was not measured.</p><p>{links}</p>"
        f'<div class="plots">{overview(measured)}</div>'
        + "".join(section(figures, precision, by_precision[precision]) for precision, figures in measured.items())
        + elsewhere(published) + HOW % {"devices": devices})
