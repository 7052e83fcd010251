"""what a turn of a long conversation with many tools takes besides the model, against llama-server

The prompt: rendered, with what its answer has to be, as tokens; llama-server makes it by /apply-template and /tokenize, over HTTP.
The conversation grows by two messages each turn. The answer, taken apart: whole, streamed, and as llama-server does it, all that
is there with each token; its own parser cannot be timed alone.
"""

import http.client
import json
import random
import statistics
import time

from .checkout import ROOT
from .servers import LlamaServer
from .shared import BINDINGS, add_rounds, rotated, run_json_lines, say

SERVER = "llama-server"
# For models whose own template is ChatML without tools, Tokapu takes this one.
TEMPLATE = ROOT / "java-api/core/src/main/resources/dev/tokapu/chat/chatml-tools.jinja"
WORDS = ("the weather in Lisbon is fine and account number shall be changed tomorrow because of an order which arrived late").split()
CONTEXT = 512
PARSES = ("parse_whole_ms", "parse_streamed_ms", "parse_each_piece_ms")


def arguments(parser, default):
    add_rounds(parser, default(5, 3))
    parser.add_argument("--tool-count", type=int, default=100, help="(default %(default)s)")
    parser.add_argument("--messages", type=int, default=200, help="before the first turn (default %(default)s)")
    parser.add_argument("--turns", type=int, default=20, help="in each run (default %(default)s)")
    parser.add_argument("--warm-up", type=int, default=5, help="turns of each run that do not count (default %(default)s)")
    parser.add_argument("--answer", type=int, default=500, help="pieces of the answer, about tokens (default %(default)s)")


class Conversation:
    def __init__(self, tools, messages, turns, answer):
        self.random = random.Random(17)
        self.first, self.turns, self.pieces = messages, turns, answer
        self.tools = [(f"tool_{i}", self.words(12), json.dumps(self.schema())) for i in range(tools)]
        self.lines = [("system", self.words(50))]
        while len(self.lines) < messages + 2 * turns:
            number = len(self.lines)
            self.lines.append(("user", self.words(40)))
            if number % 8 == 1:
                self.lines.append(("call", f"call{number:05}", f"tool_{number % tools}", json.dumps({"place": "Rome", "count": number})))
                self.lines.append(("tool", f"call{number:05}", self.words(30)))
            self.lines.append(("assistant", self.words(60)))
        self.answer = self.words(4 * answer // 5) + '\n<tool_call>\n' + json.dumps(
            {"name": "tool_1", "arguments": {"place": self.words(answer // 5), "count": 1}}) + "\n</tool_call>"

    def words(self, count):
        return " ".join(self.random.choice(WORDS) for _ in range(count))

    def schema(self):
        return {"type": "object", "required": ["place", "count"], "properties": {
            "place": {"type": "string", "description": self.words(6)}, "count": {"type": "integer"}, "unit": {"enum": ["c", "f"]}}}

    def write(self, folder):
        """The files that ChatBench reads."""
        files = [folder / f"chat-{name}.txt" for name in ("tools", "messages", "answer")]
        for file, lines in zip(files, (self.tools, self.lines)):
            file.write_text("".join("\t".join(line) + "\n" for line in lines))
        files[2].write_text(self.answer)
        return files

    def requests(self):
        """The same as bodies of llama-server's API."""
        tools = [{"type": "function", "function": {"name": name, "description": description, "parameters": json.loads(schema)}}
                 for name, description, schema in self.tools]
        messages = [message(*line) for line in self.lines]
        return [json.dumps({"messages": messages[:self.first + 2 * turn], "tools": tools}) for turn in range(self.turns)]


def message(role, *values):
    if role == "call":
        call = {"id": values[0], "type": "function", "function": {"name": values[1], "arguments": values[2]}}
        return {"role": "assistant", "content": "", "tool_calls": [call]}
    if role == "tool":
        return {"role": "tool", "tool_call_id": values[0], "content": values[1]}
    return {"role": role, "content": values[0]}


def post(connection, path, body):
    """The milliseconds and the answer."""
    start = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    took = (time.perf_counter() - start) * 1000
    if response.status != 200:
        raise SystemExit(f"llama-server: {text[:2000]}")
    return took, json.loads(text)


def ask_server(machine, tools, conversation):
    with LlamaServer(machine, tools, 1, CONTEXT, ["--jinja", "--chat-template-file", TEMPLATE]) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
        turns = []
        for body in conversation.requests():
            rendering, rendered = post(connection, "/apply-template", body)
            text = json.dumps({"content": rendered["prompt"], "add_special": True, "parse_special": True})
            tokenizing, tokens = post(connection, "/tokenize", text)
            turns.append({"tokens": len(tokens["tokens"]), "prompt_ms": rendering + tokenizing, "apply_template_ms": rendering,
                          "tokenize_ms": tokenizing})
        return turns


def ask_java(machine, binding, conversation, files):
    return run_json_lines([*machine.java(binding, "ChatBench"), machine.model, *files, conversation.first, conversation.turns,
                           conversation.pieces])[0]["turns"]


def measure(machine, options):
    conversation = Conversation(options.tool_count, options.messages, options.turns, options.answer)
    files = conversation.write(machine.work)
    samples = {name: [] for name in (SERVER, *BINDINGS)}
    with machine.tools(server=True) as tools:
        for number in range(options.rounds):
            for name in rotated(samples, number):
                turns = ask_server(machine, tools, conversation) if name == SERVER else ask_java(machine, name, conversation, files)
                samples[name].append(turns)
                say(f"  round {number + 1}: {name} {median([turns[options.warm_up:]], 'prompt_ms'):.1f} ms")
    return summary(samples, options.warm_up)


def median(runs, key):
    return statistics.median(turn[key] for run in runs for turn in run)


def summary(samples, warm_up):
    warm = {name: [run[warm_up:] for run in runs] for name, runs in samples.items()}
    server = median(warm[SERVER], "prompt_ms")
    result = {"median": {}, "ratio": {}, "samples": samples}
    for name, runs in warm.items():
        keys = ("prompt_ms", "apply_template_ms", "tokenize_ms") if name == SERVER else ("prompt_ms", *PARSES)
        result["median"][name] = {key: median(runs, key) for key in keys}
        result["median"][name]["tokens"] = median(runs, "tokens")
        result["ratio"][name] = round(result["median"][name]["prompt_ms"] / server, 4)
    return result


def table(result):
    lines = [f"{'':14} {'tokens':>7} {'prompt ms':>10} {'ratio':>7} {'parse whole':>12} {'streamed':>9} {'each token':>11}"]
    for name, values in result["median"].items():
        parses = "".join(f" {values[key]:{width}.1f}" for key, width in zip(PARSES, (12, 9, 11)) if key in values)
        lines.append(f"{name:14} {values['tokens']:7.0f} {values['prompt_ms']:10.1f} {result['ratio'][name]:7.3f}{parses}")
    return "\n".join(lines)
