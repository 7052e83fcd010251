"""summarizes raw results for docs/performance.md, and writes its tables and the public page, docs/performance.html

    figures TABLE RESULT.json...   summarizes raw results as benchmarks/figures/TABLE.json, then writes tables and page
    figures again [FOLDER]         the same for every table, from the raw results that its figures name
                                   (default FOLDER: benchmarks/results)
    figures                        writes tables and page only

A number of a table is the number in the figures as it stands there, with commas between thousands; FiguresTest in java-api/core
compares the two, PrecisionsPageTest the page. A table lies between the lines <!-- figures TABLE --> and <!-- end -->.
"""

import json
import re
from decimal import Decimal
from pathlib import Path

from . import precisions
from .checkout import RESULTS, ROOT
from .summaries import TABLES

FIGURES = ROOT / "benchmarks" / "figures"
TABLES_PAGE = ROOT / "docs" / "performance.md"
PUBLIC_PAGE = ROOT / "docs" / "performance.html"
PUBLISHED = ROOT / "benchmarks" / "published.json"


# --- figures ---------------------------------------------------------------------------------------------------------

def machine(raw):
    if raw.get("devices"):
        cores = raw["machine"]["cores"] if "machine" in raw else raw["cores"]
        return "; ".join(f"{device['name']}, driver {device['driver']}" for device in raw["devices"]) + f", {cores} cores"
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
                  lambda mark: f"<!-- figures {mark[1]} -->\n{rendered(mark[1])}\n<!-- end -->", TABLES_PAGE.read_text(), flags=re.DOTALL)
    TABLES_PAGE.write_text(page)


def write_page():
    PUBLIC_PAGE.write_text(precisions.page(*precisions.read(FIGURES, PUBLISHED)))


def arguments(parser):
    parser.add_argument("what", nargs="*", metavar="TABLE RESULT.json", help=f"TABLE: {', '.join(TABLES)}")


def run(options):
    what, files = options.what[:1], [Path(file) for file in options.what[1:]]
    if what == ["again"] and len(files) <= 1:
        for table in sorted(file.stem for file in FIGURES.glob("*.json")):
            summarize(table, [(files or [RESULTS])[0] / name for name in figures(table)["raw"]])
    elif files and what[0] in TABLES:
        summarize(what[0], files)
    elif what:
        raise SystemExit(f"give a table and its raw results; the tables: {', '.join(TABLES)}")
    write_tables()
    write_page()
