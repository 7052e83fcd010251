import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highlight } from '../../main/ts/pure/highlight';
import { parse, safeHref, unescapeEntities } from '../../main/ts/pure/markdown';

test('addresses that could run a script are refused', () => {
  for (const href of ['javascript:alert(1)', ' JavaScript:alert(1)', 'java\tscript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', '//x', '/x', '']) {
    assert.equal(safeHref(href), null, href);
  }
  assert.equal(safeHref('https://example.org/x'), 'https://example.org/x');
  assert.equal(safeHref('mailto:a@example.org'), 'mailto:a@example.org');
});

test('HTML stays a token of its own, with its text', () => {
  const [token] = parse('<script>alert(1)</script>');
  assert.equal(token?.type, 'html');
  assert.equal(token?.raw, '<script>alert(1)</script>');
});

test('entities are what they stand for, once', () => {
  assert.equal(unescapeEntities('a &lt; b &amp;amp; &#233; &#x1F600; &unknown; &#0;'), 'a < b &amp; é 😀 &unknown; &#0;');
});

test('code that is highlighted has the text it had', () => {
  const code = 'const x = "<b>" + `a${1}`; // </script>';
  type Spans = ReturnType<typeof highlight>;
  const text = (spans: Spans): string => spans.map((span) => (typeof span === 'string' ? span : text(span.children))).join('');
  const spans = highlight(code, 'js');
  assert.equal(text(spans), code);
  assert.ok(spans.some((span) => typeof span !== 'string' && span.scope === 'keyword'));
  assert.deepEqual(highlight(code, 'unknown'), [code]);
});
