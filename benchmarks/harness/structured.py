"""answers by a JSON Schema: what the grammar costs per token, and answers per second, against llama-server

Greedy, one after the other, nothing kept between answers, the schema translated for each. The cost is the time per token with the
schema minus that of as many tokens of free text behind the same prompt.
"""

import http.client
import json
import statistics
import time

from .servers import LlamaServer
from .shared import BINDINGS, add_rounds, rotated, run_json_lines, say

SERVER = "llama-server"
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 24},
        "age": {"type": "integer", "minimum": 18, "maximum": 99},
        "profession": {"enum": ["engineer", "teacher", "doctor", "artist"]},
        "languages": {"type": "array", "items": {"enum": ["en", "de", "fr", "es"]}, "minItems": 1, "maxItems": 3},
        "remote": {"type": "boolean"}},
    "required": ["name", "age", "profession", "languages", "remote"]}
SCHEMA = {"type": "object", "properties": {"people": {"type": "array", "items": PERSON, "minItems": 3, "maxItems": 3}},
          "required": ["people"]}
PLACES = ["Lisbon", "Oslo", "Kyoto", "Quito", "Nairobi", "Toronto", "Vienna", "Hanoi", "Lima", "Cork", "Graz", "Accra"]
MOST_TOKENS, CONTEXT = 256, 512


def arguments(parser, default):
    add_rounds(parser, default(5, 3))
    parser.add_argument("--answers", type=int, default=10, help="in each run (default %(default)s)")


def prompts(count):
    return [f"Three people who live in {PLACES[i % len(PLACES)]} and like the number {i}, as a JSON document: " for i in range(count)]


def post(connection, body):
    start = time.perf_counter()
    connection.request("POST", "/completion", json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = json.loads(response.read())
    if response.status != 200:
        raise SystemExit(f"llama-server: {answer}")
    return {"seconds": time.perf_counter() - start, "tokens": answer["tokens_predicted"],
            "per_token_ms": answer["timings"]["predicted_per_token_ms"], "text": answer["content"]}


def ask_server(machine, tools, texts):
    greedy = {"temperature": 0, "samplers": ["top_k"], "top_k": 1, "cache_prompt": False}
    with LlamaServer(machine, tools, 1, CONTEXT) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
        answers = []
        for text in [texts[0], *texts]:
            structured = post(connection, {**greedy, "prompt": text, "n_predict": MOST_TOKENS, "json_schema": SCHEMA})
            free = post(connection, {**greedy, "prompt": text, "n_predict": structured["tokens"]})
            answers.append({"structured": structured, "free": free})
        return answers[1:]  # without the warm-up


def ask_java(machine, binding, texts):
    schema, lines = machine.work / "structured-schema.json", machine.work / "structured-prompts.txt"
    schema.write_text(json.dumps(SCHEMA))
    lines.write_text("\n".join(texts))
    return run_json_lines([*machine.java(binding, "StructuredBench"), machine.model, schema, lines, MOST_TOKENS,
                           machine.threads])[0]["answers"]


def measure(machine, options):
    texts = prompts(options.answers)
    samples = {name: [] for name in (SERVER, *BINDINGS)}
    with machine.tools(server=True) as tools:
        for number in range(options.rounds):
            line = []
            for name in rotated(samples, number):
                answers = ask_server(machine, tools, texts) if name == SERVER else ask_java(machine, name, texts)
                samples[name].append(answers)
                line.append(f"{name} {per_second(answers):.2f} answers/s, {cost(answers):+.3f} ms per token")
            say(f"  round {number + 1}: " + "; ".join(line))
    return summary(samples)


def per_second(answers):
    return len(answers) / sum(answer["structured"]["seconds"] for answer in answers)


def cost(answers):
    return statistics.median(answer["structured"]["per_token_ms"] - answer["free"]["per_token_ms"] for answer in answers)


def summary(samples):
    control = [answer["structured"]["text"] for answer in samples[SERVER][0]]
    result = {"schema": SCHEMA, "median": {}, "ratio": {}, "samples": samples}
    for name, runs in samples.items():
        answers = [answer for run in runs for answer in run]
        texts = [answer["structured"]["text"] for answer in runs[0]]
        result["median"][name] = {
            "grammar_ms_per_token": cost(answers),
            "free_ms_per_token": statistics.median(answer["free"]["per_token_ms"] for answer in answers),
            "structured_ms_per_token": statistics.median(answer["structured"]["per_token_ms"] for answer in answers),
            "answers_per_second": statistics.median(per_second(run) for run in runs),
            "tokens_per_answer": statistics.mean(answer["structured"]["tokens"] for answer in answers),
            "complete": sum(is_json(answer["structured"]["text"]) for answer in answers) / len(answers),
            "same_text_as_server": sum(a == b for a, b in zip(texts, control)) / len(texts)}
    server = result["median"][SERVER]
    for name, values in result["median"].items():
        result["ratio"][name] = {"answers_per_second": round(values["answers_per_second"] / server["answers_per_second"], 4)}
    return result


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def table(result):
    lines = [f"{'':14} {'grammar ms/token':>17} {'free':>8} {'with':>8} {'answers/s':>10} {'ratio':>7} {'tokens':>7} {'whole':>6} "
             f"{'as server':>9}"]
    for name, values in result["median"].items():
        lines.append(
            f"{name:14} {values['grammar_ms_per_token']:+17.3f} {values['free_ms_per_token']:8.3f} "
            f"{values['structured_ms_per_token']:8.3f} {values['answers_per_second']:10.3f} "
            f"{result['ratio'][name]['answers_per_second']:7.3f} {values['tokens_per_answer']:7.1f} {values['complete']:6.2f} "
            f"{values['same_text_as_server']:9.2f}")
    return "\n".join(lines)
