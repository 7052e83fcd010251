// What the address says is shown: #/engine, or #/chat/ID.
import { computed, effect, signal } from '@preact/signals';
import { current, currentId, find } from './conversations';

export type Tab = 'chat' | 'engine';

export const tab = signal<Tab>('chat');
export const isSidebarOpen = signal(false);
export const isSettingsOpen = signal(false);

const address = computed(() =>
  tab.value === 'engine' ? '#/engine' : currentId.value === null ? '#/' : `#/chat/${currentId.value}`,
);

function read(): void {
  const [, where, id] = location.hash.split('/');
  tab.value = where === 'engine' ? 'engine' : 'chat';
  if (where === 'chat') {
    currentId.value = id && find(id) ? id : null;
  } else if (where !== 'engine') {
    currentId.value = null;
  }
}

/** Follows the address from now on, and has it follow what is shown. */
export function startRouting(): void {
  read();
  addEventListener('hashchange', read);
  effect(() => {
    if (location.hash !== address.value) {
      history.pushState(null, '', address.value);
    }
  });
  effect(() => {
    const shown = tab.value === 'engine' ? 'Engine' : current.value?.title;
    document.title = shown ? `${shown} – Tokapu` : 'Tokapu';
  });
}

export function open(id: string | null): void {
  currentId.value = id;
  tab.value = 'chat';
  isSidebarOpen.value = false;
}
