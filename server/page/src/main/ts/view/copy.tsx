// A button that copies a text and says that it has.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { announcement } from '../state/answering';
import { IconButton } from './icons';

const SHOWN_MS = 1500;

/** Also where the page is not served by HTTPS, and the browser has no clipboard for it. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

export function CopyButton({ text, label }: { text: string; label: string }): JSX.Element {
  const done = useSignal(false);
  const onClick = async (): Promise<void> => {
    try {
      await copy(text);
      done.value = true;
      announcement.value = 'Copied.';
      setTimeout(() => (done.value = false), SHOWN_MS);
    } catch {
      announcement.value = 'The browser does not allow copying.';
    }
  };
  return <IconButton icon={done.value ? 'check' : 'copy'} label={label} onClick={() => void onClick()} />;
}
