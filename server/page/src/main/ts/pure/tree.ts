// The messages of a conversation as a tree: an edit or another answer is a sibling, and one sibling of each is shown.

export interface Attachment {
  readonly name: string;
  readonly text: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** How an answer went. */
export interface AnswerStats {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly tokens: number;
  readonly firstTokenMs: number;
  readonly totalMs: number;
}

/** What went wrong with an answer, as it is shown. */
export interface Trouble {
  readonly kind: 'key' | 'limit' | 'busy' | 'gone' | 'context' | 'refused' | 'failed';
  readonly message: string;
  /** When to try again, in milliseconds since 1970. */
  readonly retryAt?: number;
}

export interface Message {
  readonly id: string;
  readonly parent: string | null;
  readonly role: 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly attachments?: readonly Attachment[];
  readonly reasoning?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool's result: which call it answers. */
  readonly toolCallId?: string;
  readonly model?: string;
  readonly finish?: string;
  readonly stats?: AnswerStats;
  readonly trouble?: Trouble;
  readonly created: number;
}

export interface Tree {
  readonly messages: Readonly<Record<string, Message>>;
  /** Which child is shown, by the parent's id; '' for the beginning. */
  readonly shown: Readonly<Record<string, string>>;
}

export const EMPTY: Tree = { messages: {}, shown: {} };

const BEGINNING = '';

/** The messages that follow a message, oldest first; null for the beginning. */
export function childrenOf(tree: Tree, parent: string | null): Message[] {
  return Object.values(tree.messages)
    .filter((message) => message.parent === parent)
    .sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

/** The messages that are shown, from the beginning on. */
export function pathOf(tree: Tree): Message[] {
  const path: Message[] = [];
  let at: string | null = null;
  for (;;) {
    const next = shownChild(tree, at);
    if (!next) {
      return path;
    }
    path.push(next);
    at = next.id;
  }
}

function shownChild(tree: Tree, parent: string | null): Message | undefined {
  const chosen = tree.messages[tree.shown[parent ?? BEGINNING] ?? ''];
  return chosen && chosen.parent === parent ? chosen : childrenOf(tree, parent).at(-1);
}

/** The messages before one and itself, from the beginning on. */
export function pathTo(tree: Tree, id: string): Message[] {
  const path: Message[] = [];
  for (let at = tree.messages[id]; at; at = at.parent === null ? undefined : tree.messages[at.parent]) {
    path.unshift(at);
  }
  return path;
}

/** With one more message, which is shown. */
export function add(tree: Tree, message: Message): Tree {
  return {
    messages: { ...tree.messages, [message.id]: message },
    shown: { ...tree.shown, [message.parent ?? BEGINNING]: message.id },
  };
}

/** With a message changed. */
export function change(tree: Tree, id: string, changes: Partial<Message>): Tree {
  const message = tree.messages[id];
  return message ? { ...tree, messages: { ...tree.messages, [id]: { ...message, ...changes } } } : tree;
}

/** Shows another sibling of a message: 1 for the next one, -1 for the one before. */
export function switchTo(tree: Tree, id: string, step: number): Tree {
  const message = tree.messages[id];
  if (!message) {
    return tree;
  }
  const siblings = childrenOf(tree, message.parent);
  const other = siblings[siblings.indexOf(message) + step];
  return other ? { ...tree, shown: { ...tree.shown, [message.parent ?? BEGINNING]: other.id } } : tree;
}

/** Without a message and all that follow it. */
export function remove(tree: Tree, id: string): Tree {
  const gone = new Set([id]);
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    for (const message of Object.values(tree.messages)) {
      if (message.parent !== null && gone.has(message.parent)) {
        gone.add(message.id);
      }
    }
  }
  return {
    messages: Object.fromEntries(Object.entries(tree.messages).filter(([key]) => !gone.has(key))),
    shown: Object.fromEntries(Object.entries(tree.shown).filter(([key, value]) => !gone.has(key) && !gone.has(value))),
  };
}

/** Where a message is among its siblings, from 1 on, and how many there are. */
export function position(tree: Tree, id: string): { index: number; count: number } {
  const message = tree.messages[id];
  const siblings = message ? childrenOf(tree, message.parent) : [];
  return { index: siblings.findIndex((sibling) => sibling.id === id) + 1, count: siblings.length };
}
