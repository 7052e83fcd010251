// The conversations: choose, rename, export, delete.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { announcement, isRunning, stopIn } from '../state/answering';
import { type Conversation, areKept, conversations, currentId, rename, removeConversation } from '../state/conversations';
import { exportJson, exportMarkdown, importJson } from '../state/export';
import { isSidebarOpen, open, tab } from '../state/route';
import { keyDialog } from '../state/server';
import { nextTheme, theme } from '../state/theme';
import { Dialog } from './dialog';
import { Icon, IconButton } from './icons';

const GROUPS = [
  { name: 'Today', days: 1 },
  { name: 'Last seven days', days: 7 },
  { name: 'Earlier', days: Number.POSITIVE_INFINITY },
] as const;

function grouped(all: readonly Conversation[]): { name: string; list: readonly Conversation[] }[] {
  const today = new Date().setHours(0, 0, 0, 0);
  const age = (conversation: Conversation) => (today - conversation.updated) / 86_400_000 + 1;
  let from = Number.NEGATIVE_INFINITY;
  return GROUPS.map(({ name, days }) => {
    const list = all.filter((conversation) => age(conversation) > from && age(conversation) <= days);
    from = days;
    return { name, list };
  }).filter(({ list }) => list.length > 0);
}

export function Sidebar(): JSX.Element {
  const removing = useSignal<Conversation | null>(null);
  const exporting = useSignal<Conversation | null>(null);
  return (
    <nav class={`sidebar ${isSidebarOpen.value ? 'open' : ''}`} aria-label="Conversations">
      <div class="sidebar-head">
        <button type="button" class="button new" onClick={() => open(null)}>
          <Icon name="plus" /> New conversation
        </button>
        <IconButton class="only-narrow" icon="close" label="Close the list" onClick={() => (isSidebarOpen.value = false)} />
      </div>
      <div class="conversations">
        {grouped(conversations.value).map(({ name, list }) => (
          <section key={name} aria-label={name}>
            <h2>{name}</h2>
            <ul>
              {list.map((conversation) => (
                <Row
                  key={conversation.id}
                  conversation={conversation}
                  onRemove={() => (removing.value = conversation)}
                  onExport={() => (exporting.value = conversation)}
                />
              ))}
            </ul>
          </section>
        ))}
        {!areKept.value && <p class="empty">This browser keeps nothing: conversations end with the page.</p>}
        {areKept.value && conversations.value.length === 0 && <p class="empty">Conversations stay in this browser.</p>}
      </div>
      <Tools />
      {removing.value && <RemoveDialog conversation={removing.value} onClose={() => (removing.value = null)} />}
      {exporting.value && <ExportDialog conversation={exporting.value} onClose={() => (exporting.value = null)} />}
    </nav>
  );
}

interface RowProps {
  conversation: Conversation;
  onRemove: () => void;
  onExport: () => void;
}

function Row({ conversation, onRemove, onExport }: RowProps): JSX.Element {
  const renaming = useSignal(false);
  const isCurrent = conversation.id === currentId.value && tab.value === 'chat';
  if (renaming.value) {
    const done = (title: string): void => {
      renaming.value = false;
      rename(conversation.id, title);
    };
    return (
      <li>
        <input
          class="rename"
          aria-label="Name of the conversation"
          value={conversation.title}
          ref={(input) => input?.focus()}
          onBlur={(event) => renaming.value && done(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              done(event.currentTarget.value);
            } else if (event.key === 'Escape') {
              event.stopPropagation();
              renaming.value = false;
            }
          }}
        />
      </li>
    );
  }
  return (
    <li class={isCurrent ? 'current' : ''}>
      <button type="button" class="title" aria-current={isCurrent ? 'page' : undefined} onClick={() => open(conversation.id)}>
        {isRunning(conversation.id) && <span class="dot" title="An answer is being generated" />}
        {conversation.title}
      </button>
      <span class="row-actions">
        <IconButton icon="edit" label={`Rename ${conversation.title}`} onClick={() => (renaming.value = true)} />
        <IconButton icon="download" label={`Export ${conversation.title}`} onClick={onExport} />
        <IconButton icon="trash" label={`Delete ${conversation.title}`} onClick={onRemove} />
      </span>
    </li>
  );
}

function Tools(): JSX.Element {
  const picker = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined): Promise<void> => {
    const problem = file ? await importJson(file) : null;
    if (problem) {
      announcement.value = problem;
    }
  };
  const icon = theme.value === 'system' ? 'auto' : theme.value === 'light' ? 'sun' : 'moon';
  return (
    <div class="sidebar-foot">
      <IconButton icon={icon} label={`Colours: ${theme.value}`} onClick={nextTheme} />
      <IconButton icon="key" label="API key" onClick={() => (keyDialog.value = 'open')} />
      <IconButton icon="upload" label="Import a conversation" onClick={() => picker.current?.click()} />
      <input
        ref={picker}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="Conversation"
        onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}

function RemoveDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }): JSX.Element {
  const remove = (): void => {
    stopIn(conversation.id);
    removeConversation(conversation.id);
    onClose();
  };
  return (
    <Dialog title="Delete the conversation?" onClose={onClose}>
      <p>“{conversation.title}” is deleted from this browser, with all of its versions.</p>
      <div class="buttons">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button danger" onClick={remove}>
          Delete
        </button>
      </div>
    </Dialog>
  );
}

function ExportDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }): JSX.Element {
  const save = (how: (conversation: Conversation) => void) => () => {
    how(conversation);
    onClose();
  };
  return (
    <Dialog title="Export the conversation" onClose={onClose}>
      <p>Markdown has what is shown, to read. JSON has all versions, and can be imported again.</p>
      <div class="buttons">
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="button" onClick={save(exportMarkdown)}>
          Markdown
        </button>
        <button type="button" class="button primary" onClick={save(exportJson)}>
          JSON
        </button>
      </div>
    </Dialog>
  );
}
