import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, count, duration, millis, titleOf } from '../../main/ts/pure/format';

test('numbers are short', () => {
  assert.deepEqual([9999, 12_345, 123_456, 2_500_000].map(count), ['9999', '12.3k', '123k', '2.5M']);
  assert.deepEqual([0.25, 5, 12, 1500, 90_000].map(millis), ['0.25 ms', '5.0 ms', '12 ms', '1.50 s', '1 min 30 s']);
  assert.deepEqual([5, 65, 3700].map(duration), ['5 s', '1 min 5 s', '1 h 1 min']);
  assert.deepEqual([10, 2048, 3 * 1024 * 1024].map(bytes), ['10 B', '2.0 KiB', '3.0 MiB']);
});

test('a title is one short line', () => {
  assert.equal(titleOf('  Why\n is  the sky blue?'), 'Why is the sky blue?');
  assert.equal(titleOf('x'.repeat(100)).length, 48);
});
