#!/usr/bin/env python3
"""Summarizes raw results for docs/performance.md, and writes its tables.

    benchmarks/figures.py TABLE RESULT.json...   summarizes raw results as benchmarks/figures/TABLE.json, then writes the tables
    benchmarks/figures.py again [FOLDER]         the same for every table, from the raw results that its figures name
                                                 (default FOLDER: benchmarks/results)
    benchmarks/figures.py                        writes the tables only

A number of a table is the number in the figures as it stands there, with commas between thousands; FiguresTest in java-api
compares the two. A table lies between the lines <!-- figures TABLE --> and <!-- end -->. The tables:

"""

import json
import re
import sys
from decimal import Decimal
from pathlib import Path

from summaries import TABLES

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "benchmarks" / "figures"
PAGE = ROOT / "docs" / "performance.md"


# --- figures ---------------------------------------------------------------------------------------------------------

def machine(raw):
    if raw.get("devices"):
        return "; ".join(f"{device['name']}, driver {device['driver']}" for device in raw["devices"]) + f", {raw['cores']} cores"
    variant = raw.get("cpu_variant") or raw.get("speed", {}).get("cpu_variant")
    return (f"{raw['machine']['cpu'].replace('(R)', '')}, {raw['machine']['cores']} cores, {raw['threads']} threads"
            + (f", CPU variant {variant}" if variant else ""))


def commit(raw):
    return re.sub(r"^(\w{12})\w*", r"\1", raw["commit"])


def only(values):
    if len(set(values)) != 1:
        raise SystemExit(f"results of one table must agree, but these differ: {', '.join(sorted(set(values)))}")
    return values[0]


def summarize(table, files):
    raws = [json.loads(file.read_text()) for file in files]
    load, columns, rows = TABLES[table](*raws)
    head = {"machine": only([machine(raw) for raw in raws]), "model": only([raw["model"]["file"] for raw in raws]),
            "commit": only([commit(raw) for raw in raws]), "llama_cpp": only([raw["llama_cpp"]["tag"] for raw in raws]),
            "date": max(raw["date"] for raw in raws)[:10], "load": load[0].upper() + load[1:],
            "raw": [file.name for file in files], "columns": columns}
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    cells = [", ".join(str(cell) if isinstance(cell, (int, Decimal)) else json.dumps(cell) for cell in row) for row in rows]
    text = "{\n" + "\n".join(lines) + '\n  "rows": [\n' + ",\n".join(f"    [{row}]" for row in cells) + "\n  ]\n}\n"
    FIGURES.mkdir(exist_ok=True)
    (FIGURES / f"{table}.json").write_text(text)


# --- tables ----------------------------------------------------------------------------------------------------------

def figures(table):
    return json.loads((FIGURES / f"{table}.json").read_text(), parse_float=Decimal)


def cell(value):
    return "" if value is None else f"{value:,}" if isinstance(value, (int, Decimal)) else value


def rendered(table):
    content = figures(table)
    lines = ["| " + " | ".join(cell(value) for value in row) + " |" for row in (content["columns"], *content["rows"])]
    lines.insert(1, "|" + "---|" * len(content["columns"]))
    return "\n".join([*lines, "", f"{content['load']};", f"{content['machine']}; {content['model']};",
                      f"{content['date']}, commit {content['commit']}, llama.cpp {content['llama_cpp']}."])


def write_tables():
    page = re.sub(r"<!-- figures (\S+) -->\n.*?<!-- end -->",
                  lambda mark: f"<!-- figures {mark[1]} -->\n{rendered(mark[1])}\n<!-- end -->", PAGE.read_text(), flags=re.DOTALL)
    PAGE.write_text(page)


def main(arguments):
    if arguments[:1] == ["again"] and len(arguments) <= 2:
        folder = Path(arguments[1]) if arguments[1:] else ROOT / "benchmarks" / "results"
        for table in sorted(file.stem for file in FIGURES.glob("*.json")):
            summarize(table, [folder / name for name in figures(table)["raw"]])
    elif len(arguments) > 1 and arguments[0] in TABLES:
        summarize(arguments[0], [Path(argument) for argument in arguments[1:]])
    elif arguments:
        raise SystemExit(__doc__ + "    " + ", ".join(TABLES))
    write_tables()


if __name__ == "__main__":
    main(sys.argv[1:])
