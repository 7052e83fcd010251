// The engine live: asked once a second while its tab is shown, and now and then while it is not, so that its charts have a past.
import { computed, effect, signal } from '@preact/signals';
import { type Sample, type ServerState, sample } from '../pure/engine';
import { troubleOf } from '../pure/trouble';
import { tab } from './route';
import { apiKey, askForKey, call } from './server';

const SHOWN_EVERY = 1000;
const OTHERWISE_EVERY = 5000;

/** A little more than charts show. */
const KEPT = 6 * 60_000;

export const server = signal<ServerState | null>(null);
export const liveTrouble = signal<string | null>(null);
const history = signal<Readonly<Record<string, readonly Sample[]>>>({});
export const shownModel = signal<string | null>(null);

export const engine = computed(() => {
  const engines = server.value?.models ?? [];
  return engines.find(({ model }) => model === shownModel.value) ?? engines[0] ?? null;
});
export const samples = computed<readonly Sample[]>(() => history.value[engine.value?.model ?? ''] ?? []);

async function ask(signal: AbortSignal): Promise<void> {
  try {
    const response = await call('tokapu/engine', { signal });
    if (response.ok) {
      take((await response.json()) as ServerState);
      liveTrouble.value = null;
      return;
    }
    const trouble = troubleOf(response.status, await response.text(), response.headers.get('retry-after'), Date.now());
    liveTrouble.value = trouble.message;
    if (trouble.kind === 'key' && tab.value === 'engine') {
      askForKey();
    }
  } catch {
    if (!signal.aborted) {
      liveTrouble.value = 'The server cannot be reached.';
    }
  }
}

function take(state: ServerState): void {
  const before = server.peek();
  server.value = state;
  if (!before) {
    return;
  }
  const next = { ...history.peek() };
  for (const { model } of state.models) {
    const point = sample(before, state, model);
    next[model] = point ? [...(next[model] ?? []).filter(({ time }) => time > state.time - KEPT), point] : [];
  }
  history.value = next;
}

/** Asks again and again, from the beginning when the tab or the key is another. */
export function startWatching(): void {
  effect(() => {
    const every = tab.value === 'engine' ? SHOWN_EVERY : OTHERWISE_EVERY;
    void apiKey.value;
    const abort = new AbortController();
    let isAsking = false;
    const askOnce = async (): Promise<void> => {
      if (!isAsking && !document.hidden) {
        isAsking = true;
        await ask(abort.signal);
        isAsking = false;
      }
    };
    void askOnce();
    const timer = setInterval(() => void askOnce(), every);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  });
}
