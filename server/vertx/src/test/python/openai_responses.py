"""What the package openai does with /v1/responses of a Tokapu server: openai_responses.py BASE_URL QUESTION NEXT_QUESTION CALL_QUESTION. Ends with
an error where it fails."""

import sys

import openai
from pydantic import BaseModel

base_url, question, next_question, call_question = sys.argv[1:]
client = openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)
TOOL = {
    "type": "function",
    "name": "add",
    "description": "adds",
    "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
}


def ask(given, **more):
    more.setdefault("tools", [TOOL])
    return client.responses.create(model="test", input=given, temperature=0, max_output_tokens=300, **more)


first = ask(question, metadata={"who": "me"})
assert first.output_text and first.status == "completed" and first.metadata == {"who": "me"}, first
assert client.responses.retrieve(first.id) == first
assert [item.role for item in client.responses.input_items.list(first.id)] == ["user"]

then = ask(next_question, previous_response_id=first.id)
assert then.output_text, then
cached = then.usage.input_tokens_details.cached_tokens
assert cached >= first.usage.total_tokens, (cached, first.usage)
count = client.responses.input_tokens.count(model="test", input=next_question, previous_response_id=first.id, tools=[TOOL])
assert count.input_tokens == then.usage.input_tokens

events = list(ask(question, stream=True))
assert [event.sequence_number for event in events] == list(range(len(events)))
assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == first.output_text
assert events[-1].type == "response.completed" and events[-1].response.output_text == first.output_text

with client.responses.stream(model="test", input=call_question, temperature=0, max_output_tokens=300, tools=[TOOL]) as stream:
    done = [event.name for event in stream if event.type == "response.function_call_arguments.done"]
    call = stream.get_final_response()
assert done == ["add", "add"], done
calls = [item for item in call.output if item.type == "function_call"]
assert [item.name for item in calls] == ["add", "add"], call
assert call.output[0].type == "reasoning" and call.output[0].content[0].text

results = [{"type": "function_call_output", "call_id": item.call_id, "output": "3"} for item in calls]
by_id = ask(results, previous_response_id=call.id)
by_items = ask([{"role": "user", "content": call_question}, *call.output, *results], store=False)
references = [{"type": "item_reference", "id": item.id} for item in call.output]
by_references = ask([{"role": "user", "content": call_question}, *references, *results])
assert by_id.output_text and by_id.output_text == by_items.output_text == by_references.output_text, (by_id, by_items)
assert len(client.responses.input_items.list(by_id.id, order="asc").data) == 2


class Size(BaseModel):
    large: bool


parsed = client.responses.parse(model="test", input="any", temperature=0, max_output_tokens=100, text_format=Size)
assert isinstance(parsed.output_parsed, Size), parsed

scored = ask("x", include=["message.output_text.logprobs"], top_logprobs=2, tools=openai.NOT_GIVEN)
assert all(len(token.top_logprobs) == 2 for token in scored.output[0].content[0].logprobs), scored
assert ask(question, extra_body={"max_output_tokens": 3}).incomplete_details.reason == "max_output_tokens"

client.responses.delete(first.id)
for error, code, do in [
    (openai.BadRequestError, "unknown_parameter", lambda: ask("x", extra_body={"bogus": 1})),
    (openai.BadRequestError, None, lambda: ask("x", tools=[{"type": "web_search"}])),
    (openai.BadRequestError, None, lambda: ask("x", background=True)),
    (openai.NotFoundError, "response_not_found", lambda: client.responses.retrieve(first.id)),
    (openai.NotFoundError, "previous_response_not_found", lambda: ask("x", previous_response_id=first.id)),
]:
    try:
        do()
        raise AssertionError(f"no {error.__name__}")
    except error as e:
        assert e.code == code, e
print("all of it works")
