import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser } from '../../main/ts/pure/sse';

test('events come when their blank line does', () => {
  const parser = new EventParser();
  assert.deepEqual(parser.push('data: {"a":1}\n'), []);
  assert.deepEqual(parser.push('\ndata: [DONE]\n\n'), ['{"a":1}', '[DONE]']);
});

test('events are the same wherever the stream is cut, with each kind of line end', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = [': comment', 'event: x', 'data: one', 'data: more', '', 'id: 3', 'data:two', '', ''].join(end);
    for (let cut = 0; cut <= text.length; cut++) {
      const parser = new EventParser();
      const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut)), ...parser.push('\n')];
      assert.deepEqual(events, ['one\nmore', 'two'], `${JSON.stringify(end)} cut at ${cut}`);
    }
  }
});

test('comments alone are no events', () => {
  assert.deepEqual(new EventParser().push(': keep-alive\n\n: keep-alive\n\n'), []);
});
