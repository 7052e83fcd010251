// Markdown as a tree of tokens. Nothing becomes HTML on the way: HTML in a text is shown as the text that it is.
import { Lexer, type Token } from 'marked';

export type { Token, Tokens } from 'marked';

export function parse(text: string): Token[] {
  return new Lexer({ gfm: true, breaks: false }).lex(text);
}

/** An address that may be followed; null for all others, such as javascript: and data:. */
export function safeHref(href: string): string | null {
  const trimmed = href.trim();
  return /^(https?:\/\/|mailto:)/i.test(trimmed) ? trimmed : null;
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  rarr: '→',
  larr: '←',
  times: '×',
};

/** A text of Markdown whose entities are what they stand for. */
export function unescapeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name) {
      return NAMED[name as string] ?? whole;
    }
    const code = decimal ? Number(decimal) : Number.parseInt(hex as string, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
