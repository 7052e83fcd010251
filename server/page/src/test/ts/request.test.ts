import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatRequest, parseTools, withAttachments } from '../../main/ts/pure/request';
import type { Message } from '../../main/ts/pure/tree';

const user = (content: string, more: Partial<Message> = {}): Message => ({ id: content, parent: null, role: 'user', content, created: 0, ...more });

test('settings that are not given are not sent', () => {
  assert.deepEqual(chatRequest([user('Hello')], {}), {
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
    stream_options: { include_usage: true },
  });
});

test('settings become parameters, the system prompt the first message', () => {
  const body = chatRequest([user('Hello')], { model: 'm', system: 'Be short.', temperature: 0, stop: ['x'], thinking: 'off' });
  assert.deepEqual(body['messages'], [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'Hello' },
  ]);
  assert.equal(body['temperature'], 0);
  assert.deepEqual(body['stop'], ['x']);
  assert.equal(body['reasoning_effort'], 'none');
  assert.equal(body['model'], 'm');
});

test('calls and results go back to the model', () => {
  const call: Message = { ...user(''), role: 'assistant', toolCalls: [{ id: 'c', name: 'add', arguments: '{}' }], reasoning: 'not sent' };
  const result: Message = { ...user('4'), role: 'tool', toolCallId: 'c' };
  assert.deepEqual(chatRequest([call, result], {})['messages'], [
    { role: 'assistant', content: '', tool_calls: [{ id: 'c', type: 'function', function: { name: 'add', arguments: '{}' } }] },
    { role: 'tool', tool_call_id: 'c', content: '4' },
  ]);
});

test('an attachment is a block of code that its text cannot end', () => {
  const text = withAttachments({ content: 'Why?', attachments: [{ name: 'a.md', text: 'x\n````\ny\n' }] });
  assert.equal(text, 'File a.md:\n`````\nx\n````\ny\n`````\n\nWhy?');
});

test('tools are functions, with or without their frame', () => {
  assert.deepEqual(parseTools('[{"name":"a"},{"type":"function","function":{"name":"b"}}]'), [
    { type: 'function', function: { name: 'a' } },
    { type: 'function', function: { name: 'b' } },
  ]);
  assert.throws(() => parseTools('{'), /no JSON/);
  assert.throws(() => parseTools('{}'), /array/);
});
