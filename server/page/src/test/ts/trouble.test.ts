import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageOf, retryAt, troubleOf } from '../../main/ts/pure/trouble';

test('Retry-After is seconds or a date', () => {
  assert.equal(retryAt('7', 1000), 8000);
  assert.equal(retryAt('Thu, 01 Jan 1970 00:01:00 GMT', 1000), 60_000);
  assert.equal(retryAt(null, 1000), undefined);
  assert.equal(retryAt('soon', 1000), undefined);
  assert.equal(retryAt('', 1000), undefined);
});

test('messages are read in the form of each API', () => {
  assert.deepEqual(messageOf('{"error":{"message":"no","code":"c"}}'), { message: 'no', code: 'c' });
  assert.deepEqual(messageOf('{"error":"no"}'), { message: 'no', code: '' });
  assert.deepEqual(messageOf('<html>'), { message: '', code: '' });
});

test('each status is a trouble of its own', () => {
  const error = (code: string) => JSON.stringify({ error: { message: 'why', code } });
  assert.equal(troubleOf(401, error('invalid_api_key'), null, 0).kind, 'key');
  assert.deepEqual(troubleOf(429, error(''), '3', 0), { kind: 'limit', message: 'why', retryAt: 3000 });
  assert.deepEqual(troubleOf(503, error(''), null, 0), { kind: 'busy', message: 'why' });
  assert.deepEqual(troubleOf(400, error('context_length_exceeded'), null, 0), { kind: 'context', message: 'why.' });
  assert.equal(troubleOf(400, error('other'), null, 0).kind, 'refused');
  assert.equal(troubleOf(502, 'no JSON', null, 0).kind, 'failed');
});
