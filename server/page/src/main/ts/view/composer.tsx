// Where a message is written: Enter sends it, Shift+Enter begins a line.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { bytes } from '../pure/format';
import type { Attachment } from '../pure/tree';
import { growing, send, stop } from '../state/answering';
import { currentId } from '../state/conversations';
import { readFiles } from '../state/files';
import { Icon, IconButton } from './icons';

export function Composer(): JSX.Element {
  const text = useSignal('');
  const files = useSignal<readonly Attachment[]>([]);
  const refused = useSignal('');
  const isOver = useSignal(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const isBusy = growing.value !== null;
  const canSend = !isBusy && (text.value.trim() !== '' || files.value.length > 0);

  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) {
      field.current?.focus();
    }
  }, [currentId.value]);
  useEffect(() => fit(field.current), [text.value]);

  const submit = (): void => {
    if (canSend) {
      send(text.value, files.value);
      text.value = '';
      files.value = [];
      refused.value = '';
    }
  };
  const take = async (list: Iterable<File>): Promise<void> => {
    const { taken, problems } = await readFiles(list);
    files.value = [...files.value, ...taken];
    refused.value = problems.join(' ');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  };
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData?.files;
    if (pasted && pasted.length > 0) {
      event.preventDefault();
      void take(pasted);
    }
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    isOver.value = false;
    void take(event.dataTransfer?.files ?? []);
  };

  return (
    <form
      class={`composer column ${isOver.value ? 'over' : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={onDrop}
    >
      {refused.value && (
        <p class="refused" role="alert">
          {refused.value}
        </p>
      )}
      <div class="composer-box">
        {files.value.length > 0 && (
          <ul class="chips" aria-label="Attached files">
            {files.value.map((file, index) => (
              <li key={index}>
                <Icon name="clip" /> {file.name} <small>{bytes(file.text.length)}</small>
                <IconButton
                  icon="close"
                  label={`Remove ${file.name}`}
                  onClick={() => (files.value = files.value.filter((other) => other !== file))}
                />
              </li>
            ))}
          </ul>
        )}
        <div class="composer-row">
          <IconButton icon="clip" label="Attach text files" onClick={() => picker.current?.click()} />
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label="Text files"
            onChange={(event) => {
              void take([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = '';
            }}
          />
          <textarea
            ref={field}
            id="message"
            rows={1}
            aria-label="Message"
            placeholder="Ask anything"
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
          />
          {isBusy ? (
            <button type="button" class="send" aria-label="Stop" title="Stop (Escape)" onClick={stop}>
              <Icon name="stop" />
            </button>
          ) : (
            <button type="submit" class="send" aria-label="Send" title="Send (Enter)" disabled={!canSend}>
              <Icon name="send" />
            </button>
          )}
        </div>
      </div>
      <p class="hint">Answers may be wrong. Enter sends, Shift+Enter begins a line, Escape stops.</p>
    </form>
  );
}

/** As high as its text, within the bounds of the style. */
function fit(field: HTMLTextAreaElement | null): void {
  if (field) {
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }
}
