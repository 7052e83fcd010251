import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY, type Message, type Tree, add, change, pathOf, pathTo, position, remove, switchTo } from '../../main/ts/pure/tree';

let clock = 0;

function message(id: string, parent: string | null, role: Message['role'] = 'user'): Message {
  return { id, parent, role, content: id, created: ++clock };
}

function made(...messages: Message[]): Tree {
  return messages.reduce(add, EMPTY);
}

const ids = (path: Message[]) => path.map(({ id }) => id).join(' ');

test('the path of an empty tree is empty', () => {
  assert.equal(ids(pathOf(EMPTY)), '');
});

test('what was added last is shown', () => {
  const tree = made(message('q', null), message('a', 'q', 'assistant'), message('a2', 'q', 'assistant'));
  assert.equal(ids(pathOf(tree)), 'q a2');
  assert.deepEqual(position(tree, 'a2'), { index: 2, count: 2 });
});

test('switching shows the sibling, with what followed it', () => {
  const tree = made(message('q', null), message('a', 'q'), message('q2', 'a'), message('a2', 'q'));
  assert.equal(ids(pathOf(tree)), 'q a2');
  const before = switchTo(tree, 'a2', -1);
  assert.equal(ids(pathOf(before)), 'q a q2');
  assert.equal(ids(pathOf(switchTo(before, 'a', 1))), 'q a2');
});

test('switching stops at the ends', () => {
  const tree = made(message('q', null), message('q2', null));
  assert.equal(switchTo(tree, 'q2', 1), tree);
  assert.equal(switchTo(tree, 'unknown', 1), tree);
  assert.equal(ids(pathOf(switchTo(tree, 'q2', -1))), 'q');
});

test('an edit of the first message begins another path', () => {
  const tree = made(message('q', null), message('a', 'q'), message('edited', null));
  assert.equal(ids(pathOf(tree)), 'edited');
  assert.equal(ids(pathTo(tree, 'a')), 'q a');
});

test('removing takes what follows, and shows a sibling', () => {
  const tree = made(message('q', null), message('a', 'q'), message('a2', 'q'), message('q3', 'a2'));
  const without = remove(tree, 'a2');
  assert.deepEqual(Object.keys(without.messages), ['q', 'a']);
  assert.equal(ids(pathOf(without)), 'q a');
});

test('a change leaves the old tree as it was', () => {
  const tree = made(message('q', null));
  assert.equal(change(tree, 'q', { content: 'other' }).messages['q']?.content, 'other');
  assert.equal(tree.messages['q']?.content, 'q');
  assert.equal(change(tree, 'unknown', { content: 'other' }), tree);
});
