"""plots as SVG in a page that needs nothing beside itself and runs no script"""

import html
import math

STYLE = """
:root { color-scheme: light dark; --text: #1d2129; --dim: #5b6472; --line: #d4d9e0; --back: #fff;
        --c0: #1f6fd0; --c1: #c2570c; --c2: #1a7f4b; --c3: #8e3fb5; --c4: #a3214f; --c5: #57606a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ee; --dim: #9aa4b2; --line: #3a424e; --back: #14171c;
          --c0: #6cb0ff; --c1: #ff9d57; --c2: #5fd092; --c3: #cf9bf0; --c4: #ff8aae; --c5: #aab2bd; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 1120px; margin: 1.5rem auto;
       padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
a { color: var(--c0); } code { overflow-wrap: anywhere; }
p, dd { color: var(--dim); } dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(470px, 100%), 1fr)); gap: 1.2rem; }
figure { margin: 0; max-width: 620px; } figcaption { font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .2rem .55rem; text-align: right; border-bottom: 1px solid var(--line); } th:first-child, td:first-child, .named th:nth-child(2), .named td:nth-child(2) { text-align: left; }
.scroll { margin-top: 1rem; }
td.missing { color: var(--dim); font-style: italic; text-align: left; }
.words td, .words th { text-align: left; } .words td { white-space: normal; vertical-align: top; min-width: 5rem; } .words td:nth-last-child(-n+2) { min-width: 12rem; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--dim); font: 12px system-ui, sans-serif; }
.grid { stroke: var(--line); stroke-width: 1; } .mark { stroke: none; } .open { fill: var(--back); stroke-width: 2; }
.s { fill: none; stroke-width: 2; stroke-linejoin: round; } .dash { stroke-dasharray: 6 4; }
@media (max-width: 540px) { body { padding: 0 .6rem; } svg text { font-size: 15px; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
""" + "".join(f".c{i} {{ stroke: var(--c{i}); }} .f{i} {{ fill: var(--c{i}); }} svg text.f{i} {{ fill: var(--c{i}); }} " for i in range(6))

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 500, 310, 58, 16, 28, 44
LABELS = 128  # of the width, for labels at the ends of lines
LABEL_HEIGHT = 16


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
    """A plot with its axes; lines and marks are added by their values."""

    def __init__(self, x_label, y_label, xs, ys, log_x, log_y, x_ticks=None, labeled=False):
        """x_ticks: values, or pairs of a value and its text; labeled: whether lines have labels at their ends."""
        self.log_x, self.log_y = log_x, log_y
        self.right = WIDTH - (LABELS if labeled else RIGHT)
        y_ticks = steps(min(ys), max(ys), log_y)
        self.x_range = (min(xs), max(xs)) if min(xs) < max(xs) else (min(xs) / 2, max(xs) * 2)
        self.y_range = (y_ticks[0], y_ticks[-1])
        self.parts = []
        self.labels = []
        for value in y_ticks:
            y = self.y(value)
            self.parts.append(f'<line class="grid" x1="{LEFT}" x2="{self.right}" y1="{y:.1f}" y2="{y:.1f}"/>'
                              f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number(value)}</text>')
        for value in x_ticks or [v for v in steps(*self.x_range, log_x) if self.x_range[0] <= v <= self.x_range[1]]:
            at, text = value if isinstance(value, tuple) else (value, number(value))
            self.parts.append(f'<text x="{self.x(at):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{text}</text>')
        self.parts.append(f'<text x="{(LEFT + self.right) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{x_label}</text>'
                          f'<text x="2" y="12">{y_label}</text>')

    @staticmethod
    def part(value, bounds, log):
        low, high = bounds
        if log:
            return (math.log(max(value, low)) - math.log(low)) / (math.log(high) - math.log(low))
        return (value - low) / (high - low)

    def x(self, value):
        return LEFT + self.part(value, self.x_range, self.log_x) * (self.right - LEFT)

    def y(self, value):
        return HEIGHT - BOTTOM - self.part(value, self.y_range, self.log_y) * (HEIGHT - TOP - BOTTOM)

    def line(self, color, points, dashed=False, marks=True):
        if len(points) > 1:
            path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
            self.parts.append(f'<polyline class="s c{color}{" dash" if dashed else ""}" points="{path}"/>')
        if marks:
            for x, y in points:
                self.mark(color, x, y, f"{number(x)}: {number(y)}")

    def mark(self, color, x, y, title, is_open=False):
        """A point; open for what was measured elsewhere."""
        style = f"open c{color}" if is_open else f"mark f{color}"
        self.parts.append(f'<circle class="{style}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3.5">'
                          f"<title>{html.escape(title)}</title></circle>")

    def label(self, color, x, y, text):
        """A text at the right for a line that ends at a point."""
        self.labels.append((self.y(y), self.x(x), color, text))

    def placed_labels(self):
        """The labels from the top down, each below the one before, and none below the axis."""
        parts, places = [], []
        for y, *_ in sorted(self.labels):
            places.append(max(y, places[-1] + LABEL_HEIGHT if places else TOP))
        low = HEIGHT - BOTTOM
        for i in reversed(range(len(places))):
            places[i] = min(places[i], low)
            low = places[i] - LABEL_HEIGHT
        for (y, x, color, text), place in zip(sorted(self.labels), places):
            parts.append(f'<line class="grid" x1="{x + 6:.1f}" y1="{y:.1f}" x2="{self.right + 4}" y2="{place:.1f}"/>'
                         f'<text class="f{color}" x="{self.right + 7}" y="{place + 4:.1f}">{html.escape(text)}</text>')
        return parts

    def figure(self, caption, legend=()):
        """legend: (text, color, dashed)."""
        keys = " ".join(
            f'<span style="white-space:nowrap"><svg style="display:inline;width:26px;height:10px" viewBox="0 0 26 10">'
            f'<line class="s c{color}{" dash" if dashed else ""}" x1="1" x2="25" y1="5" y2="5"/></svg> {html.escape(text)}</span>'
            for text, color, dashed in legend)
        return (f'<figure><figcaption>{caption}</figcaption>{f"<div>{keys}</div>" if keys else ""}'
                f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{"".join(self.placed_labels())}{"".join(self.parts)}</svg></figure>')


def document(title, body):
    """A whole page."""
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/>'
            f"<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>\n")
