// The engine live: asked once a second while its tab is shown.
import { computed, signal } from '@preact/signals';
import { type Sample, type ServerState, sample } from '../pure/engine';
import { troubleOf } from '../pure/trouble';
import { askForKey, call } from './server';

/** Five minutes of them. */
const MOST_SAMPLES = 300;
const EVERY = 1000;

export const server = signal<ServerState | null>(null);
export const liveTrouble = signal<string | null>(null);
const history = signal<Readonly<Record<string, readonly Sample[]>>>({});
export const shownModel = signal<string | null>(null);

export const engine = computed(() => {
  const engines = server.value?.models ?? [];
  return engines.find(({ model }) => model === shownModel.value) ?? engines[0] ?? null;
});
export const samples = computed<readonly Sample[]>(() => history.value[engine.value?.model ?? ''] ?? []);

async function ask(signal: AbortSignal): Promise<boolean> {
  try {
    const response = await call('tokapu/engine', { signal });
    if (!response.ok) {
      const trouble = troubleOf(response.status, await response.text(), response.headers.get('retry-after'), Date.now());
      liveTrouble.value = trouble.message;
      if (trouble.kind === 'key') {
        askForKey(() => void watch(signal));
        return false;
      }
      return true;
    }
    take((await response.json()) as ServerState);
    liveTrouble.value = null;
  } catch {
    if (!signal.aborted) {
      liveTrouble.value = 'The server cannot be reached.';
    }
  }
  return true;
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
    next[model] = point ? [...(next[model] ?? []), point].slice(-MOST_SAMPLES) : [];
  }
  history.value = next;
}

/** Asks again and again, until the signal says that nobody looks. */
export async function watch(signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await ask(signal))) {
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? EVERY * 5 : EVERY));
  }
}
