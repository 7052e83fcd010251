// Dark or light, as the system has it or as it was chosen.
import { effect, signal } from '@preact/signals';
import { remember, remembered } from './storage';

export type Theme = 'system' | 'light' | 'dark';

function isTheme(value: string | null): value is Theme {
  return value === 'system' || value === 'light' || value === 'dark';
}

const kept = remembered('theme');

export const theme = signal<Theme>(isTheme(kept) ? kept : 'system');

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
  remember('theme', theme.value === 'system' ? null : theme.value);
});

/** The system's, light, dark, and from the beginning again. */
export function nextTheme(): void {
  theme.value = theme.value === 'system' ? 'light' : theme.value === 'light' ? 'dark' : 'system';
}
