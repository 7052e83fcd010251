import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EngineState, type Latency, type ServerState, sample } from '../../main/ts/pure/engine';

const latency = (count: number, total_ms: number): Latency => ({ count, total_ms, p50_ms: 0, p90_ms: 0, p99_ms: 0, max_ms: 0 });

function state(time: number, changes: Partial<EngineState>): ServerState {
  const none = latency(0, 0);
  const engine: EngineState = {
    model: 'm',
    waiting: 0,
    running: 0,
    generating: 0,
    max_sequences: 8,
    context_size: 1000,
    sequence_context_size: 125,
    reserved_tokens: 0,
    submitted: 0,
    completed: 0,
    rejected: 0,
    cancelled: 0,
    failed: 0,
    prompt_tokens: 0,
    generated_tokens: 0,
    queue_time: none,
    first_token: none,
    between_tokens: none,
    end_to_end: none,
    step_time: none,
    ...changes,
  };
  return { time, models: [engine], requests: [] };
}

test('rates are what was done in the time between', () => {
  const before = state(1000, { generated_tokens: 100, prompt_tokens: 10 });
  const after = state(3000, { generated_tokens: 180, prompt_tokens: 20, reserved_tokens: 250, generating: 2, waiting: 1 });
  assert.deepEqual(sample(before, after, 'm'), {
    time: 3000,
    tokensPerSecond: 40,
    promptTokensPerSecond: 5,
    generating: 2,
    waiting: 1,
    kv: 0.25,
    firstToken: null,
    betweenTokens: null,
  });
});

test('latencies are the mean of what was new', () => {
  const point = sample(state(0, { first_token: latency(2, 100) }), state(1000, { first_token: latency(4, 160) }), 'm');
  assert.equal(point?.firstToken, 30);
});

test('a server that was started again has no rate yet', () => {
  assert.equal(sample(state(0, { generated_tokens: 5 }), state(1000, { generated_tokens: 1 }), 'm'), null);
  assert.equal(sample(state(0, {}), state(1000, {}), 'other'), null);
  assert.equal(sample(state(1000, {}), state(1000, {}), 'm'), null);
});
