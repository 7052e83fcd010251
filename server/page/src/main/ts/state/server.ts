// The server: its key, its models, and calls of it.
import { signal } from '@preact/signals';
import { remember, remembered } from './storage';

/** The API key; empty for none. */
export const apiKey = signal(remembered('key', 'session') ?? remembered('key') ?? '');

/** Whether a key can be given, and whether that is because the server wants one or has refused one. */
export const keyDialog = signal<'closed' | 'open' | 'wanted' | 'refused'>('closed');

export interface ModelInfo {
  readonly id: string;
}

export const models = signal<readonly ModelInfo[]>([]);

/** How many tokens an answer and its conversation may have, by model; 0 where that is not known. */
export const contextSizes = signal<Readonly<Record<string, number>>>({});

/** Whether the server answers. */
export const reachable = signal(true);

let whenKeyIsThere: (() => void)[] = [];

export function isKeyRemembered(): boolean {
  return remembered('key') !== null;
}

/** Takes a key, and does what waits for one. */
export function setKey(key: string, keep: boolean): void {
  apiKey.value = key;
  remember('key', key || null, 'session');
  remember('key', keep && key ? key : null);
  keyDialog.value = 'closed';
  const waiting = whenKeyIsThere;
  whenKeyIsThere = [];
  void loadModels();
  waiting.forEach((action) => action());
}

/** Asks for a key; then is done when there is one. */
export function askForKey(then?: () => void): void {
  if (then) {
    whenKeyIsThere.push(then);
  }
  if (keyDialog.peek() !== 'closed') {
    return;
  }
  keyDialog.value = apiKey.value ? 'refused' : 'wanted';
}

export function dismissKeyDialog(): void {
  whenKeyIsThere = [];
  keyDialog.value = 'closed';
}

/** Calls the server, with the key if there is one. */
export function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (apiKey.value) {
    headers.set('authorization', `Bearer ${apiKey.value}`);
  }
  return fetch(path, { ...init, headers, cache: 'no-store', credentials: 'omit' });
}

/** Asks which models there are, and for a key where that is refused. */
export async function loadModels(): Promise<void> {
  try {
    const response = await call('v1/models');
    reachable.value = true;
    if (response.status === 401) {
      askForKey();
      return;
    }
    if (response.ok) {
      const list = (await response.json()) as { data: ModelInfo[] };
      models.value = list.data;
    }
  } catch {
    reachable.value = false;
  }
}

/** Asks how long conversations with a model may be; once. */
export async function loadContextSize(model: string): Promise<void> {
  if (model in contextSizes.peek()) {
    return;
  }
  contextSizes.value = { ...contextSizes.peek(), [model]: 0 }; // it is asked for
  try {
    const response = await call(`props?model=${encodeURIComponent(model)}`);
    if (response.ok) {
      const props = (await response.json()) as { default_generation_settings?: { n_ctx?: number } };
      contextSizes.value = { ...contextSizes.peek(), [model]: props.default_generation_settings?.n_ctx ?? 0 };
    }
  } catch {
    // It is shown without.
  }
}
