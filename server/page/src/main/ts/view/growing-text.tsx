// A field for a text, with buttons to take it or leave it: Ctrl+Enter and Escape do the same.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  label: string;
  text: string;
  action: string;
  onDone: (text: string) => void;
  onCancel: () => void;
}

export function GrowingText({ label, text, action, onDone, onCancel }: Props): JSX.Element {
  const value = useSignal(text);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(text.length, text.length);
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onCancel();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      onDone(value.value);
    }
  };
  return (
    <form
      class="edit"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(value.value);
      }}
    >
      <textarea
        ref={field}
        aria-label={label}
        value={value.value}
        rows={Math.min(12, text.split('\n').length + 1)}
        onInput={(event) => (value.value = event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div class="buttons">
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          {action}
        </button>
      </div>
    </form>
  );
}
