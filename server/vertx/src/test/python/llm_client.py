"""What the package llm does with a Tokapu server, by the file its users write: llm_client.py BASE_URL TEXT_QUESTION CALL_QUESTION. Ends with an
error where it fails."""

import os
import sys
import tempfile
from pathlib import Path

base_url, text_question, call_question = sys.argv[1:]
user = tempfile.TemporaryDirectory()
os.environ["LLM_USER_PATH"] = user.name  # before the import, which reads it
Path(user.name, "extra-openai-models.yaml").write_text(f"""
- {{model_id: chat, model_name: test, api_base: "{base_url}", supports_tools: true, supports_schema: true}}
- {{model_id: at-once, model_name: test, api_base: "{base_url}", can_stream: false}}
- {{model_id: completion, model_name: test, api_base: "{base_url}", completion: true}}
- {{model_id: responses, model_name: test, api_base: "{base_url}", responses: true}}
""")

import llm  # noqa: E402

OPTIONS = {"temperature": 0, "max_tokens": 300}


def add(a: int) -> int:
    "adds"
    return a


chat = llm.get_model("chat")
answer = chat.prompt(text_question, stream=False, **OPTIONS)
text = answer.text()
assert text and answer.usage().output > 0, answer
assert "".join(chat.prompt(text_question, stream=True, **OPTIONS)) == text
assert llm.get_model("at-once").prompt(text_question, **OPTIONS).text() == text

calls = chat.prompt(call_question, tools=[add], stream=False, **OPTIONS).tool_calls()
assert [(call.name, call.arguments) for call in calls] == [("add", {"a": 3})] * 2, calls
streamed = chat.prompt(call_question, tools=[add], stream=True, **OPTIONS).tool_calls()
assert len(streamed) == 2, streamed
chat.conversation().chain(call_question, tools=[add], chain_limit=10, options=OPTIONS).text()

size = {"type": "object", "properties": {"large": {"type": "boolean"}}, "required": ["large"]}
assert "large" in chat.prompt("any", schema=size, stream=False, **OPTIONS).text()

talk = chat.conversation()
first = talk.prompt(text_question, stream=False, **OPTIONS)
assert first.text() == text
then = talk.prompt("And then?", stream=False, **OPTIONS)
then.text()
assert then.usage().input >= first.usage().input + first.usage().output, (first.usage(), then.usage())

completion = llm.get_model("completion")
assert completion.prompt("abc", stream=False, temperature=0, max_tokens=5).text() is not None
assert completion.prompt("abc", stream=True, temperature=0, max_tokens=5).text() is not None

responses = llm.get_model("responses")
assert responses.prompt(text_question, stream=False).text()
assert responses.prompt(text_question, stream=True).text()

try:
    chat.prompt("x" * 5000, stream=False).text()
    raise AssertionError("no error")
except llm.ModelError as e:
    assert "context" in str(e), e
except Exception as e:
    assert getattr(e, "code", None) == "context_length_exceeded", e
print("all of it works")
