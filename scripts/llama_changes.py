#!/usr/bin/env python3
"""Tells what changed in the headers of llama.cpp between two source trees, and what of it Tokapu does not cover.

usage: llama_changes.py OLD_TREE NEW_TREE

For each header: functions, structs, their fields, constants and callbacks that are new, gone or different. Beside each stands what it
means here: whether native/src uses it, whether docs/coverage.md has a row for it (llama.h), whether bindings/raw binds it. Options
of models and contexts that are new have no constant in tokapu.h yet. Exit status 3 when there is something to do, 0 otherwise.
"""
import pathlib
import re
import sys

HEADERS = ["include/llama.h", "ggml/include/ggml-backend.h", "ggml/include/gguf.h", "tools/mtmd/mtmd.h"]
OPTIONS = ["llama_model_params", "llama_context_params", "llama_model_quantize_params", "llama_sampler_chain_params"]
ROOT = pathlib.Path(__file__).resolve().parent.parent
API = r"(?:LLAMA_API|GGML_API|GGML_BACKEND_API|MTMD_API)"


def squeezed(text):
    return re.sub(r"\s*([(),*;])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()


def arguments(text):
    """The parts between commas that are in no brackets."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return parts + [text[start:]]


def c_only(text):
    """Without what lies between '#ifdef __cplusplus' and its '#else' or '#endif': jextract reads C."""
    kept, hidden, depth = [], None, 0
    for line in text.split("\n"):
        directive = re.sub(r"\s", "", line)
        if directive.startswith("#if"):
            depth += 1
            if hidden is None and directive == "#ifdef__cplusplus":
                hidden = depth
        elif directive.startswith("#el") and hidden == depth:
            hidden = None
        if hidden is None:
            kept.append(line)
        if directive.startswith("#endif"):
            if hidden == depth:
                hidden = None
            depth -= 1
    return "\n".join(kept)


class Header:
    """The declarations of a header, by kind and name."""

    def __init__(self, path):
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        text = c_only(re.sub(r"/\*.*?\*/", " ", re.sub(r"//[^\n]*", "", text), flags=re.S))
        self.constants = dict(re.findall(r"^[ \t]*#[ \t]*define[ \t]+((?:LLAMA|GGML|GGUF|MTMD)_(?!\w*API\b)\w+)[ \t]+(\S[^\n]*)$", text, re.M))
        text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*$", "", text, flags=re.M)
        self.functions, self.deprecated, self.structs, self.fields, self.callbacks = {}, set(), {}, {}, {}
        for declaration in re.findall(API + r"\s+([^;]*);", text):
            declaration = squeezed(declaration)
            deprecated = re.match(r"DEPRECATED\((.*)\)$", declaration)
            if deprecated:
                declaration = squeezed(arguments(deprecated.group(1))[0])
            name = re.search(r"(\w+)\(", declaration)
            if name:
                self.functions[name.group(1)] = declaration
                if deprecated:
                    self.deprecated.add(name.group(1))
        for kind, name, body in re.findall(r"\b(struct|enum)\s+(\w+)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}", text):
            if kind == "enum":
                for part in arguments(body):
                    constant = re.match(r"\s*(\w+)\s*(?:=\s*(.*?))?\s*$", part, re.S)
                    if constant:
                        self.constants[constant.group(1)] = squeezed(constant.group(2) or "")
            else:
                self.structs[name] = ""
                for field in body.split(";"):
                    field_name = re.search(r"(\w+)\s*(?:\[[^\]]*\])?\s*$", field)
                    if field_name:
                        self.fields[f"{name}.{field_name.group(1)}"] = squeezed(field)
        for declaration in re.findall(r"\btypedef\s+([^;{}]*\(\s*\*\s*\w+\s*\)[^;{}]*);", text):
            self.callbacks[re.search(r"\(\s*\*\s*(\w+)", declaration).group(1)] = squeezed(declaration)


class Here:
    """What Tokapu does with a name."""

    def __init__(self):
        self.sources = {}
        for path in sorted((ROOT / "native").glob("**/*")):
            if path.suffix in (".c", ".cpp", ".h") and "target" not in path.parts:
                for name in set(re.findall(r"\w+", path.read_text(encoding="utf-8", errors="replace"))):
                    self.sources.setdefault(name, []).append(str(path.relative_to(ROOT)))
        self.coverage = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/coverage.md").read_text(encoding="utf-8"), re.M))
        raw = ROOT / "bindings/raw"
        self.raw = set(re.findall(r"--include-\w+ (\w+)", (raw / "includes.txt").read_text(encoding="utf-8")))
        excluded = raw / "src/test/resources/dev/tokapu/raw/exclusions.txt"
        self.excluded = set(re.findall(r"^(\w+)", excluded.read_text(encoding="utf-8"), re.M))

    def used(self, name):
        """Where native code uses a name; of a field, the files that use its struct, too."""
        files = None
        for part in name.split("."):
            found = self.sources.get(part, [])
            files = found if files is None else [file for file in files if file in found]
        return ["used by " + ", ".join(files[:4])] if files else []


def report(header, old, new, here):
    """Prints the changes of a header; returns how many of them ask for work."""
    todo = 0
    lines = []

    def line(sign, kind, text, work):
        nonlocal todo
        todo += bool(work)
        lines.append(f"  {sign} {kind} {text}" + (f"\n        to do: {work}" if work else ""))

    for kind in ("functions", "structs", "fields", "constants", "callbacks"):
        before, after = getattr(old, kind), getattr(new, kind)
        singular = kind[:-1]
        for name in [n for n in after if n not in before]:
            work = []
            if kind == "functions" and header.endswith("llama.h") and name not in here.coverage:
                work.append("a row in docs/coverage.md")
            if kind == "functions" and name not in new.deprecated and name not in here.raw | here.excluded:
                work.append("bindings/raw/includes.txt, or exclusions.txt with a reason")
            if kind in ("structs", "constants", "callbacks") and name not in here.raw:
                work.append("bindings/raw/includes.txt")
            if kind == "fields" and name.split(".")[0] in OPTIONS:
                work.append("an option in tokapu.h, or a comment why not (CONTRIBUTING.md, 'A new option')")
            line("+", singular, after[name] if kind == "functions" else f"{name}: {after[name]}".rstrip(": "), "; ".join(work))
        for name in [n for n in before if n not in after]:
            work = here.used(name)
            if name in here.coverage:
                work.append("its row in docs/coverage.md")
            if name in here.raw:
                work.append("its line in bindings/raw/includes.txt")
            line("-", singular, before[name] if kind == "functions" else name, "; ".join(work))
        for name in [n for n in after if n in before and after[n] != before[n]]:
            line("~", singular, f"{name}: {before[name]}  ->  {after[name]}", "; ".join(here.used(name)))
        for name in sorted(new.deprecated - old.deprecated if kind == "functions" else []):
            line("!", singular, f"{name} is deprecated now", "; ".join(here.used(name)))
    print(f"{header}: " + (f"{len(lines)} changes, {todo} to do" if lines else "unchanged"))
    print("\n".join(lines), end="\n" if lines else "")
    return todo


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    old, new = (pathlib.Path(argument) for argument in sys.argv[1:])
    for tree in (old, new):
        if not (tree / HEADERS[0]).is_file():
            sys.exit(f"{tree} has no {HEADERS[0]}: not a llama.cpp source tree")
    here = Here()
    todo = sum(report(header, Header(old / header), Header(new / header), here) for header in HEADERS)
    sys.exit(3 if todo else 0)


if __name__ == "__main__":
    main()
