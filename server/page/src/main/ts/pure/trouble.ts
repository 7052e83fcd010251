// What a failed call means for who reads the page.
import type { Trouble } from './tree';

/** When to try again, by the header Retry-After: seconds or a date. */
export function retryAt(header: string | null, now: number): number | undefined {
  if (header === null) {
    return undefined;
  }
  const seconds = Number(header);
  const at = Number.isFinite(seconds) && header.trim() !== '' ? now + seconds * 1000 : Date.parse(header);
  return Number.isNaN(at) ? undefined : at;
}

/** The message in an error body, whichever API's form it has. */
export function messageOf(body: string): { message: string; code: string } {
  try {
    const json = JSON.parse(body) as { error?: string | { message?: string; code?: unknown } };
    if (typeof json.error === 'string') {
      return { message: json.error, code: '' };
    }
    return { message: json.error?.message ?? '', code: String(json.error?.code ?? '') };
  } catch {
    return { message: '', code: '' };
  }
}

/** What a response with an error means. */
export function troubleOf(status: number, body: string, retryAfter: string | null, now: number): Trouble {
  const { message, code } = messageOf(body);
  const at = retryAt(retryAfter, now);
  const retry = at === undefined ? {} : { retryAt: at };
  switch (status) {
    case 401:
      return { kind: 'key', message: 'The server wants an API key, and does not know this one.' };
    case 403:
      return { kind: 'refused', message: message || 'The key does not allow this.' };
    case 429:
      return { kind: 'limit', message: message || 'The limit of this key is reached.', ...retry };
    case 503:
      return { kind: 'busy', message: message || 'The server is busy.', ...retry };
    default:
      if (code === 'context_length_exceeded') {
        return { kind: 'context', message: `${message.split(';', 1)[0]}.` }; // the rest is for programmers
      }
      return status < 500
        ? { kind: 'refused', message: message || `The server refuses this (${status}).` }
        : { kind: 'failed', message: message || `The server failed (${status}).` };
  }
}

/** What it means that no response, or only the beginning of one, came. */
export function gone(begun: boolean): Trouble {
  return {
    kind: 'gone',
    message: begun ? 'The connection to the server ended within the answer.' : 'The server cannot be reached.',
  };
}
