// What the browser keeps: small things by name, and conversations in a database.
import type { Settings } from '../pure/request';
import type { Tree } from '../pure/tree';

export interface Conversation {
  readonly id: string;
  readonly title: string;
  readonly created: number;
  readonly updated: number;
  readonly settings: Settings;
  readonly tree: Tree;
}

const STORE = 'conversations';

function opened(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open('tokapu', 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null); // the browser keeps nothing: the page works, until it is closed
    }
  });
}

let database: IDBDatabase | null = null;
const opening = opened().then((db) => {
  database = db;
});

/** Begins at once when the database is open: what is written when the page goes away would come too late otherwise. */
function inStore<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  const db = database;
  if (!db) {
    return opening.then(() => (database ? inStore(mode, use) : null));
  }
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORE, mode);
    const request = use(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Whether conversations outlive the page. */
export async function isKept(): Promise<boolean> {
  await opening;
  return database !== null;
}

export async function loadConversations(): Promise<Conversation[]> {
  return ((await inStore('readonly', (store) => store.getAll())) ?? []) as Conversation[];
}

export async function saveConversation(conversation: Conversation): Promise<void> {
  await inStore('readwrite', (store) => store.put(conversation));
}

export async function deleteConversation(id: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(id));
}

/** A small value; null when there is none or nothing is kept. */
export function remembered(name: string, where: 'session' | 'local' = 'local'): string | null {
  try {
    return (where === 'session' ? sessionStorage : localStorage).getItem(`tokapu.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string | null, where: 'session' | 'local' = 'local'): void {
  try {
    const storage = where === 'session' ? sessionStorage : localStorage;
    if (value === null) {
      storage.removeItem(`tokapu.${name}`);
    } else {
      storage.setItem(`tokapu.${name}`, value);
    }
  } catch {
    // Nothing is kept then.
  }
}
