"""Sends what schemathesis makes of OpenAI's document to a Tokapu server: openai_fuzz.py DOCUMENT BASE_URL CASES SEED. Ends with an error where the
server fails (5xx but 503, which says it is busy) or does not answer."""

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

document, base_url, cases, seed = sys.argv[1:]
ROUTES = ("chat", "completions", "embeddings", "models", "responses", "files", "batches")
BOUNDS = ("minimum", "maximum")
MODELS = {
    "CreateChatCompletionRequest": "test",
    "CreateCompletionRequest": "test",
    "CreateEmbeddingRequest": "vectors",
    "ModelIdsCompaction": "test",
    "ModelIdsResponses": "test",
    "ModelIdsShared": "test",
}


def without_textual_bounds(node):
    if isinstance(node, dict):
        return {k: without_textual_bounds(v) for k, v in node.items() if not (k in BOUNDS and isinstance(v, str))}
    return [without_textual_bounds(v) for v in node] if isinstance(node, list) else node


def with_model(name, schema):
    """The models of the server in the place of OpenAI's: a request for any other ends at once."""
    if name.startswith("ModelIds"):
        return {"type": "string", "enum": [MODELS[name]]}
    for part in [schema, *schema.get("allOf", [])]:
        if "model" in part.get("properties", {}):
            part["properties"]["model"] = {"type": "string", "enum": [MODELS[name]]}
    return schema


api = without_textual_bounds(json.loads(Path(document).read_text()))
api["paths"] = {path: item for path, item in api["paths"].items() if path.split("/")[1] in ROUTES and "?" not in path}
schemas = api["components"]["schemas"]
for name in MODELS.keys() & schemas.keys():
    schemas[name] = with_model(name, schemas[name])


def created(count):
    """Ids of responses that the server has stored."""
    ids = []
    for _ in range(count):
        body = {"model": "test", "input": "hello", "max_output_tokens": 16}
        request = urllib.request.Request(
            base_url + "/responses", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            ids.append(json.load(response)["id"])
    return ids


# Operations on responses find some; those that are deleted are none of the others'.
kept = {"type": "string", "enum": [*created(3), "resp_none"]}
deleted = {"type": "string", "enum": [*created(int(cases)), "resp_none"]}
for item in api["paths"].values():
    for method, operation in item.items():
        for parameter in operation.get("parameters", []):
            if parameter.get("name") == "response_id":
                parameter["schema"] = deleted if method == "delete" else kept
for schema in schemas.values():
    if "previous_response_id" in schema.get("properties", {}):
        schema["properties"]["previous_response_id"] = kept

with tempfile.TemporaryDirectory() as folder:
    Path(folder, "api.json").write_text(json.dumps(api))
    Path(folder, "schemathesis.toml").write_text(
        '[checks]\nnot_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]\n'
    )
    command = [str(Path(sys.executable).with_name("st")), "--config-file", str(Path(folder, "schemathesis.toml"))]
    command += ["run", str(Path(folder, "api.json")), "--url", base_url, "--checks", "not_a_server_error"]
    command += ["--phases", "examples,fuzzing,stateful", "--request-timeout", "60", "--continue-on-failure"]
    command += ["--max-examples", cases, "--seed", seed, "--suppress-health-check", "all", "--no-shrink"]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL)
print("seed", seed, "with", cases, "cases an operation")
sys.exit(done.returncode)
