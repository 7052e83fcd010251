"""What the package openai does with the files and batches of a Tokapu server: openai_batches.py BASE_URL QUESTION. Ends with an error where it fails."""

import json
import sys
import time

import openai

base_url, question = sys.argv[1:]
client = openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)


def line(name, **body):
    body = {"model": "test", "messages": [{"role": "user", "content": question}], "temperature": 0, "max_tokens": 300} | body
    return json.dumps({"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body})


def ended(batch):
    while batch.status not in ("completed", "failed", "expired", "cancelled"):
        time.sleep(0.1)
        batch = client.batches.retrieve(batch.id)
    return batch


def run(lines, endpoint="/v1/chat/completions", **more):
    uploaded = client.files.create(file=("in.jsonl", "\n".join(lines).encode()), purpose="batch")
    return ended(client.batches.create(input_file_id=uploaded.id, endpoint=endpoint, completion_window="24h", **more))


def content(file):
    return {json.loads(one)["custom_id"]: json.loads(one) for one in client.files.content(file).text.splitlines()}


done = run([line("a"), line("b", max_tokens=2), line("c", bogus=1)], metadata={"who": "test"})
assert done.status == "completed" and done.metadata == {"who": "test"}, done
assert (done.request_counts.total, done.request_counts.completed, done.request_counts.failed) == (3, 2, 1), done
answers = content(done.output_file_id)
text = client.chat.completions.create(
    model="test", messages=[{"role": "user", "content": question}], temperature=0, max_tokens=300
)
assert answers["a"]["response"]["body"]["choices"][0]["message"]["content"] == text.choices[0].message.content
assert answers["b"]["response"]["body"]["choices"][0]["finish_reason"] == "length"
assert content(done.error_file_id)["c"]["response"]["status_code"] == 400

vectors = json.dumps(
    {"custom_id": "v", "method": "POST", "url": "/v1/embeddings", "body": {"model": "vectors", "input": ["a", "b"]}}
)
embedded = run([vectors], endpoint="/v1/embeddings")
assert len(content(embedded.output_file_id)["v"]["response"]["body"]["data"]) == 2

broken = run([line("a"), "{", line("a")])
assert broken.status == "failed" and [error.line for error in broken.errors.data] == [2, 3], broken
assert [batch.id for batch in client.batches.list(limit=1)][:2] == [broken.id, embedded.id]

kept = client.files.create(
    file=("notes.txt", b"x" * 3_000_000),
    purpose="user_data",
    expires_after={"anchor": "created_at", "seconds": 3600},
)
assert kept.bytes == 3_000_000 and kept.filename == "notes.txt" and kept.expires_at == kept.created_at + 3600, kept
assert client.files.retrieve(kept.id) == kept
assert client.files.content(kept.id).read() == b"x" * 3_000_000
for file in client.files.list(limit=2):
    assert client.files.delete(file.id).deleted
assert not list(client.files.list())

for error, code, do in [
    (openai.NotFoundError, "file_not_found", lambda: client.files.retrieve(kept.id)),
    (openai.NotFoundError, "batch_not_found", lambda: client.batches.retrieve("batch_1")),
    (openai.BadRequestError, "batch_not_cancellable", lambda: client.batches.cancel(done.id)),
]:
    try:
        do()
        raise AssertionError(f"no {error.__name__}")
    except error as e:
        assert e.code == code, e
print("all of it works")
