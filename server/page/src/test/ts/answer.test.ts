import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOTHING, grow } from '../../main/ts/pure/answer';

const delta = (it: object, finish: string | null = null) => JSON.stringify({ choices: [{ delta: it, finish_reason: finish }] });

test('an answer grows by its deltas', () => {
  const events = [
    delta({ role: 'assistant', content: '' }),
    delta({ reasoning_content: 'Hm.' }),
    delta({ content: 'Four' }),
    delta({ content: '.' }, 'stop'),
    JSON.stringify({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 3 } } }),
  ];
  assert.deepEqual(events.reduce(grow, NOTHING), {
    content: 'Four.',
    reasoning: 'Hm.',
    toolCalls: [],
    finish: 'stop',
    usage: { prompt: 5, cached: 3, generated: 2 },
    error: null,
  });
});

test('tool calls are put together by their index', () => {
  const events = [
    delta({ tool_calls: [{ index: 0, id: 'x', function: { name: 'add', arguments: '' } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '3}' } }] }),
    delta({ tool_calls: [{ index: 1, id: 'y', function: { name: 'add', arguments: '{}' } }] }, 'tool_calls'),
  ];
  assert.deepEqual(events.reduce(grow, NOTHING).toolCalls, [
    { id: 'x', name: 'add', arguments: '{"a":3}' },
    { id: 'y', name: 'add', arguments: '{}' },
  ]);
});

test('an error behind the head of the response is kept with what had come', () => {
  const answer = [delta({ content: 'Fo' }), '{"error":{"message":"it broke"}}'].reduce(grow, NOTHING);
  assert.equal(answer.error, 'it broke');
  assert.equal(answer.content, 'Fo');
});
