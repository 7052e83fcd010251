"""What the package ollama does with a Tokapu server: ollama_client.py URL TEXT_QUESTION CALL_QUESTION. Ends with an error where it fails."""

import sys

import ollama
from pydantic import BaseModel

url, text_question, call_question = sys.argv[1:]
client = ollama.Client(host=url)
OPTIONS = {"temperature": 0, "num_predict": 300}


def add(a: int) -> int:
    """adds

    Args:
      a: a number
    """
    return a


def chat(question, **more):
    messages = [{"role": "user", "content": question}]
    return client.chat(model="test", messages=messages, options=OPTIONS, **more)


assert {model.model for model in client.list().models} >= {"test:latest", "vectors:latest"}, client.list()
shown = client.show("test")
assert "completion" in shown.capabilities and shown.details.format == "gguf", shown
assert client.show("vectors").capabilities == ["embedding"]
assert client.ps().models

answer = chat(text_question)
assert answer.message.content and answer.done_reason == "stop" and answer.eval_count > 0, answer
parts = list(chat(text_question, stream=True, keep_alive="5m"))
assert "".join(part.message.content or "" for part in parts) == answer.message.content
assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]

TOOL = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "adds",
        "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    },
}
called = chat(call_question, tools=[TOOL], think=True).message
assert [(call.function.name, dict(call.function.arguments)) for call in called.tool_calls] == [("add", {"a": 3})] * 2, called
assert called.thinking, called
streamed = [call for part in chat(call_question, tools=[TOOL], stream=True) for call in part.message.tool_calls or []]
assert len(streamed) == 2, streamed
results = [{"role": "tool", "tool_name": "add", "content": "3"}] * 2
given = [{"role": "user", "content": call_question}, called, *results]
assert client.chat(model="test", messages=given, tools=[add], options=OPTIONS).done


class Size(BaseModel):
    large: bool


Size.model_validate_json(chat("any", format=Size.model_json_schema()).message.content)

short = {"temperature": 0, "num_predict": 5}
whole = client.generate(model="test", prompt=text_question, system="be brief", options=short, keep_alive=300)
assert whole.response is not None and whole.eval_count <= 5, whole
assert "".join(p.response for p in client.generate(model="test", prompt="abc", options=short, stream=True)) is not None
assert client.generate(model="test", keep_alive=-1).done_reason == "load"

vectors = client.embed(model="vectors", input=["one text", "another"], keep_alive="5m").embeddings
assert len(vectors) == 2 and len(vectors[0]) == len(vectors[1]) > 0

for status, do in [
    (404, lambda: client.show("nobody")),
    (404, lambda: client.generate(model="nobody", prompt="x")),
    (400, lambda: client.generate(model="test", prompt="x", options={"mirostat": 3})),
]:
    try:
        do()
        raise AssertionError(f"no error {status}")
    except ollama.ResponseError as e:
        assert e.status_code == status and e.error, e
print("all of it works")
