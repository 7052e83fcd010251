// Highlighted code as a tree of spans, not as HTML.
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const LANGUAGES = {
  bash,
  cpp,
  css,
  diff,
  go,
  java,
  javascript,
  json,
  kotlin,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(LANGUAGES)) {
  hljs.registerLanguage(name, language);
}

/** More takes too long while it streams. */
const MOST = 50_000;

/** A text, or what stands in a span of some kind. */
export type Span = string | { readonly scope: string; readonly children: readonly Span[] };

interface Node {
  readonly scope?: string;
  readonly language?: string;
  readonly children: (Node | string)[];
}

function span(node: Node | string): Span {
  return typeof node === 'string' ? node : { scope: node.scope ?? '', children: node.children.map(span) };
}

/** Code in a language, by its name in Markdown; as it is when the language is not known. */
export function highlight(code: string, language: string): readonly Span[] {
  if (code.length > MOST || !hljs.getLanguage(language)) {
    return [code];
  }
  // The library makes HTML of this tree; we make elements of it.
  const result = hljs.highlight(code, { language, ignoreIllegals: true }) as unknown as { _emitter: { rootNode: Node } };
  return result._emitter.rootNode.children.map(span);
}
