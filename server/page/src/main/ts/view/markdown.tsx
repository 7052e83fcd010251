// Markdown as elements. No text is ever read as HTML.
import type { ComponentChildren, JSX } from 'preact';
import { memo } from './memo';
import { type Token, type Tokens, parse, safeHref, unescapeEntities } from '../pure/markdown';
import { CodeBlock } from './code';

/** A text; of one that grows, only the block at its end is made again. */
export function Markdown({ text }: { text: string }): JSX.Element {
  return (
    <div class="markdown">
      {parse(text).map((token, index) => (
        <Block key={index} raw={token.raw} token={token} />
      ))}
    </div>
  );
}

const Block = memo(
  ({ token }: { raw: string; token: Token }) => <>{block(token)}</>,
  (before, after) => before.raw === after.raw && before.token.type === after.token.type,
);

function blocks(tokens: Token[] | undefined): ComponentChildren {
  return tokens?.map(block);
}

function block(token: Token): ComponentChildren {
  switch (token.type) {
    case 'heading':
      return heading(token as Tokens.Heading);
    case 'paragraph':
      return <p>{inlines(token.tokens)}</p>;
    case 'code': {
      const { text, lang } = token as Tokens.Code;
      return <CodeBlock code={text} language={(lang ?? '').split(/\s/, 1)[0] ?? ''} />;
    }
    case 'blockquote':
      return <blockquote>{blocks(token.tokens)}</blockquote>;
    case 'list':
      return list(token as Tokens.List);
    case 'table':
      return table(token as Tokens.Table);
    case 'hr':
      return <hr />;
    case 'space':
    case 'def':
      return null;
    case 'html':
      return <p class="raw">{token.raw.trim()}</p>;
    default:
      return inline(token);
  }
}

function heading({ depth, tokens }: Tokens.Heading): JSX.Element {
  // The page has the first levels.
  const Level = `h${Math.min(6, depth + 2)}` as 'h3';
  return <Level>{inlines(tokens)}</Level>;
}

function list({ ordered, start, items }: Tokens.List): JSX.Element {
  const rows = items.map((item) => <li class={item.task ? 'task' : undefined}>{blocks(item.tokens)}</li>);
  return ordered ? <ol start={start === '' ? 1 : start}>{rows}</ol> : <ul>{rows}</ul>;
}

function table({ header, align, rows }: Tokens.Table): JSX.Element {
  const cell = (content: Tokens.TableCell, index: number, Kind: 'th' | 'td') => (
    <Kind class={align[index] ? `align-${align[index]}` : undefined}>{inlines(content.tokens)}</Kind>
  );
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table>
        <thead>
          <tr>{header.map((content, index) => cell(content, index, 'th'))}</tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>{row.map((content, index) => cell(content, index, 'td'))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inlines(tokens: Token[] | undefined): ComponentChildren {
  return tokens?.map(inline);
}

function inline(token: Token): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong>{inlines(token.tokens)}</strong>;
    case 'em':
      return <em>{inlines(token.tokens)}</em>;
    case 'del':
      return <del>{inlines(token.tokens)}</del>;
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return link((token as Tokens.Link).href, inlines(token.tokens), token.raw);
    case 'image':
      // The page loads nothing from elsewhere.
      return link((token as Tokens.Image).href, (token as Tokens.Image).text || 'image', token.raw);
    case 'checkbox':
      return <input type="checkbox" checked={(token as Tokens.Checkbox).checked} disabled aria-label="done" />;
    case 'text':
      return token.tokens ? inlines(token.tokens) : unescapeEntities((token as Tokens.Text).text);
    case 'escape':
      return (token as Tokens.Escape).text;
    default:
      return token.raw; // HTML, and what we do not know
  }
}

function link(href: string, content: ComponentChildren, raw: string): ComponentChildren {
  const safe = safeHref(href);
  return safe === null ? (
    raw
  ) : (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow">
      {content}
    </a>
  );
}
