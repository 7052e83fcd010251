"""What the package openai does with a Tokapu server: openai_client.py BASE_URL TEXT_QUESTION CALL_QUESTION. Ends with an error where it fails."""

import sys

import openai
from pydantic import BaseModel

base_url, text_question, call_question = sys.argv[1:]
client = openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)
TOOL = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "adds",
        "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    },
}


def ask(question, **more):
    more.setdefault("tools", [TOOL])
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model="test", messages=messages, temperature=0, max_tokens=300, **more)


assert [model.id for model in client.models.list()] == ["test", "vectors"]
assert client.models.retrieve("test").owned_by == "tokapu"

answer = ask(text_question)
text = answer.choices[0].message.content
assert text and answer.choices[0].finish_reason == "stop", answer
assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens

chunks = list(ask(text_question, stream=True, stream_options={"include_usage": True}))
assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == text
assert chunks[-1].usage.completion_tokens == answer.usage.completion_tokens

call = ask(call_question).choices[0]
assert call.finish_reason == "tool_calls", call
assert call.message.tool_calls[0].function.name == "add"

messages = [{"role": "user", "content": call_question}]
with client.chat.completions.stream(model="test", messages=messages, temperature=0, max_tokens=300, tools=[TOOL]) as stream:
    names = [event.name for event in stream if event.type == "tool_calls.function.arguments.done"]
    assert names == ["add", "add"], names
    assert len(stream.get_final_completion().choices[0].message.tool_calls) == 2


class Size(BaseModel):
    large: bool


parsed = client.chat.completions.parse(
    model="test", messages=[{"role": "user", "content": "any"}], temperature=0, max_tokens=100, response_format=Size
)
assert isinstance(parsed.choices[0].message.parsed, Size), parsed

scored = ask("x", logprobs=True, top_logprobs=2, tools=openai.NOT_GIVEN, n=2)
assert len(scored.choices) == 2 and scored.choices[1].logprobs is not None

completion = client.completions.create(model="alias", prompt=["a", "b"], max_tokens=3, logprobs=1, echo=False)
assert [choice.index for choice in completion.choices] == [0, 1]
assert client.embeddings.create(model="vectors", input=["a", "b"]).data[1].embedding
assert list(client.completions.create(model="test", prompt=[1, 2, 3], max_tokens=3, stream=True))

for error, code, do in [
    (openai.BadRequestError, "unknown_parameter", lambda: ask("x", extra_body={"bogus": 1})),
    (openai.NotFoundError, "model_not_found", lambda: client.models.retrieve("nobody")),
    (openai.BadRequestError, "context_length_exceeded", lambda: ask("x" * 5000)),
]:
    try:
        do()
        raise AssertionError(f"no {error.__name__}")
    except error as e:
        assert e.code == code, e
print("all of it works")
