// Asks for the API key, where the server wants one.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { apiKey, dismissKeyDialog, isKeyRemembered, keyDialog, setKey } from '../state/server';
import { Dialog } from './dialog';

export function KeyDialog(): JSX.Element | null {
  return keyDialog.value === 'closed' ? null : <Form wasRefused={keyDialog.value === 'refused'} />;
}

const WHY = {
  closed: '',
  open: 'Where the server has keys, it answers to those alone.',
  wanted: 'This server requires an API key. Ask its operator for one.',
  refused: 'The server does not know this key, or no longer.',
} as const;

function Form({ wasRefused }: { wasRefused: boolean }): JSX.Element {
  const key = useSignal(wasRefused ? '' : apiKey.value);
  const keep = useSignal(isKeyRemembered());
  return (
    <Dialog title="API key" onClose={dismissKeyDialog}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setKey(key.value.trim(), keep.value);
        }}
      >
        <p role={wasRefused ? 'alert' : undefined}>{WHY[keyDialog.value]}</p>
        <label>
          Key
          <input
            type="password"
            autocomplete="off"
            value={key.value}
            autofocus
            onInput={(event) => (key.value = event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input type="checkbox" checked={keep.value} onChange={(event) => (keep.value = event.currentTarget.checked)} />
          Remember it in this browser, not in this tab alone
        </label>
        <div class="buttons">
          <button type="button" class="button" onClick={dismissKeyDialog}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Use this key
          </button>
        </div>
      </form>
    </Dialog>
  );
}
