// The conversations, the one that is shown, and what is done with them.
import { computed, signal } from '@preact/signals';
import { titleOf } from '../pure/format';
import type { Settings } from '../pure/request';
import { EMPTY, type Message, type Tree, add, change, pathOf } from '../pure/tree';
import { type Conversation, deleteConversation, isKept, loadConversations, remember, remembered, saveConversation } from './storage';

export type { Conversation } from './storage';

export const conversations = signal<readonly Conversation[]>([]);
export const currentId = signal<string | null>(null);

/** Whether the browser keeps them. */
export const areKept = signal(true);

/** Settings of conversations that are begun: those that were used last. */
export const newSettings = signal<Settings>(parsed(remembered('settings')));

export const current = computed(() => conversations.value.find(({ id }) => id === currentId.value) ?? null);
export const currentPath = computed<readonly Message[]>(() => (current.value ? pathOf(current.value.tree) : []));
export const currentSettings = computed<Settings>(() => current.value?.settings ?? newSettings.value);

function parsed(text: string | null): Settings {
  try {
    return text ? (JSON.parse(text) as Settings) : {};
  } catch {
    return {};
  }
}

/** An id; also where the page is not served by HTTPS. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function load(): Promise<void> {
  const all = await loadConversations();
  areKept.value = await isKept();
  conversations.value = all.sort((a, b) => b.updated - a.updated);
}

const unsaved = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
let written = 0;

/** Writes what has changed. */
export function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  written = Date.now();
  for (const conversation of conversations.peek()) {
    if (unsaved.has(conversation.id)) {
      saveConversation(conversation).catch((e: unknown) => console.error('A conversation cannot be kept', e));
    }
  }
  unsaved.clear();
}

/** While an answer grows it is written this often, in ms. */
const WRITE_EVERY = 500;

/** Has a conversation written, at once or not much later. */
function save(id: string, isGrowing: boolean): void {
  unsaved.add(id);
  if (isGrowing && Date.now() - written < WRITE_EVERY) {
    timer ??= setTimeout(flush, WRITE_EVERY);
  } else {
    flush();
  }
}

function put(conversation: Conversation, toTop: boolean, isGrowing = false): void {
  const others = conversations.peek();
  conversations.value =
    toTop || !others.some(({ id }) => id === conversation.id)
      ? [conversation, ...others.filter(({ id }) => id !== conversation.id)]
      : others.map((other) => (other.id === conversation.id ? conversation : other));
  save(conversation.id, isGrowing);
}

/** The conversation that is shown, or a new one. */
export function currentOrNew(firstText: string): Conversation {
  const shown = current.peek();
  if (shown) {
    return shown;
  }
  const now = Date.now();
  const made: Conversation = {
    id: newId(),
    title: titleOf(firstText) || 'New conversation',
    created: now,
    updated: now,
    settings: newSettings.peek(),
    tree: EMPTY,
  };
  put(made, true);
  currentId.value = made.id;
  return made;
}

export function find(id: string): Conversation | undefined {
  return conversations.peek().find((conversation) => conversation.id === id);
}

export function updateTree(id: string, update: (tree: Tree) => Tree, isGrowing = false): void {
  const conversation = find(id);
  if (conversation) {
    put({ ...conversation, tree: update(conversation.tree) }, false, isGrowing);
  }
}

export function addMessage(id: string, message: Omit<Message, 'id' | 'created'>): Message {
  const whole: Message = { ...message, id: newId(), created: Date.now() };
  const conversation = find(id);
  if (conversation) {
    put({ ...conversation, updated: whole.created, tree: add(conversation.tree, whole) }, true);
  }
  return whole;
}

export function changeMessage(id: string, message: string, changes: Partial<Message>): void {
  updateTree(id, (tree) => change(tree, message, changes), true);
}

export function rename(id: string, title: string): void {
  const conversation = find(id);
  if (conversation && title.trim()) {
    put({ ...conversation, title: title.trim() }, false);
  }
}

export function removeConversation(id: string): void {
  conversations.value = conversations.peek().filter((conversation) => conversation.id !== id);
  unsaved.delete(id);
  if (currentId.peek() === id) {
    currentId.value = null;
  }
  void deleteConversation(id);
}

/** Takes a conversation that was exported; a new id, so that it replaces none. */
export function importConversation(conversation: Conversation): void {
  const taken = { ...conversation, id: newId(), updated: Date.now() };
  put(taken, true);
  currentId.value = taken.id;
}

export function changeSettings(changes: { [K in keyof Settings]?: Settings[K] | undefined }): void {
  const merged = { ...currentSettings.peek(), ...changes };
  const settings = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined && value !== '')) as Settings;
  const shown = current.peek();
  if (shown) {
    put({ ...shown, settings }, false);
  }
  newSettings.value = settings;
  remember('settings', JSON.stringify(settings));
}
