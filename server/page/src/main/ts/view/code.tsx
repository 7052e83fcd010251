// A block of code: highlighted, with its language and a button that copies it.
import type { ComponentChildren, JSX } from 'preact';
import { type Span, highlight } from '../pure/highlight';
import { CopyButton } from './copy';

function spans(all: readonly Span[]): ComponentChildren {
  return all.map((span) => (typeof span === 'string' ? span : <span class={classOf(span.scope)}>{spans(span.children)}</span>));
}

/** The library's scopes have parts: title.function. */
function classOf(scope: string): string {
  return scope
    .split('.')
    .map((part) => `hl-${part.replace(/[^\w-]/g, '-')}`)
    .join(' ');
}

export function CodeBlock({ code, language }: { code: string; language: string }): JSX.Element {
  const name = language.toLowerCase();
  return (
    <figure class="code">
      <figcaption>
        <span>{name || 'text'}</span>
        <CopyButton text={code} label="Copy code" />
      </figcaption>
      <pre tabIndex={0}>
        <code>{spans(highlight(code, name))}</code>
      </pre>
    </figure>
  );
}
