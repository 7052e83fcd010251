// The whole page: conversations at the side, chat or engine beside them.
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { announcement, growing, stop } from '../state/answering';
import { changeSettings, currentSettings } from '../state/conversations';
import { isSettingsOpen, isSidebarOpen, tab, type Tab } from '../state/route';
import { loadContextSize, loadModels, models, reachable } from '../state/server';
import { Composer } from './composer';
import { EngineSelect, EngineTab } from './engine';
import { IconButton } from './icons';
import { KeyDialog } from './key-dialog';
import { SettingsPanel } from './settings';
import { Sidebar } from './sidebar';
import { Thread } from './thread';

export function App(): JSX.Element {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && growing.value !== null) {
        stop();
      }
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
  const isChat = tab.value === 'chat';
  return (
    <>
      <a class="skip" href="#message" onClick={skip}>
        To the message field
      </a>
      <Sidebar />
      {isSidebarOpen.value && <div class="shade only-narrow" onClick={() => (isSidebarOpen.value = false)} />}
      <main>
        <Header />
        {!reachable.value && (
          <p class="banner" role="alert">
            The server cannot be reached.{' '}
            <button type="button" class="link" onClick={() => void loadModels()}>
              Try again
            </button>
          </p>
        )}
        <div class="content">
          {isChat ? (
            <div class="chat">
              <Thread />
              <Composer />
            </div>
          ) : (
            <EngineTab />
          )}
          {isChat && isSettingsOpen.value && <SettingsPanel />}
        </div>
      </main>
      <KeyDialog />
      <div class="hidden" role="status" aria-live="polite">
        {announcement.value}
      </div>
    </>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('message')?.focus();
}

function Header(): JSX.Element {
  return (
    <header>
      <IconButton class="only-narrow" icon="menu" label="Conversations" onClick={() => (isSidebarOpen.value = true)} />
      {tab.value === 'chat' ? <ModelSelect /> : <EngineSelect />}
      <div class="tabs" role="tablist" aria-label="View">
        <TabButton name="chat" label="Chat" />
        <TabButton name="engine" label="Engine" />
      </div>
      <IconButton
        icon="sliders"
        label="Settings"
        aria-expanded={isSettingsOpen.value}
        class={tab.value === 'chat' ? '' : 'away'}
        onClick={() => (isSettingsOpen.value = !isSettingsOpen.value)}
      />
    </header>
  );
}

function TabButton({ name, label }: { name: Tab; label: string }): JSX.Element {
  const isShown = tab.value === name;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      tab.value = name === 'chat' ? 'engine' : 'chat';
      document.getElementById(`tab-${tab.value}`)?.focus();
    }
  };
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${name}`}
      aria-selected={isShown}
      tabIndex={isShown ? 0 : -1}
      onClick={() => (tab.value = name)}
      onKeyDown={onKeyDown}
    >
      {label}
    </button>
  );
}

function ModelSelect(): JSX.Element {
  const all = models.value;
  const wanted = currentSettings.value.model;
  const shown = all.find(({ id }) => id === wanted)?.id ?? all[0]?.id ?? '';
  useEffect(() => {
    if (shown) {
      void loadContextSize(shown);
    }
  }, [shown]);
  return (
    <select
      class="model"
      aria-label="Model"
      value={shown}
      disabled={all.length === 0}
      onChange={(event) => changeSettings({ model: event.currentTarget.value })}
    >
      {all.length === 0 && <option value="">No model</option>}
      {all.map(({ id }) => (
        <option key={id} value={id}>
          {id}
        </option>
      ))}
    </select>
  );
}
