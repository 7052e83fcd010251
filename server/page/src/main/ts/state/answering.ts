// Having the model answer: one answer at a time in a conversation, any number of conversations.
import { computed, signal } from '@preact/signals';
import { type Answer, NOTHING, grow } from '../pure/answer';
import { chatRequest } from '../pure/request';
import { EventParser } from '../pure/sse';
import { type Attachment, type Message, type Trouble, pathOf, pathTo, remove, switchTo } from '../pure/tree';
import { gone, troubleOf } from '../pure/trouble';
import {
  addMessage,
  changeMessage,
  currentId,
  currentOrNew,
  find,
  flush,
  updateTree,
} from './conversations';
import { askForKey, call, models, reachable } from './server';

/** The answers that are being generated, by conversation. */
const running = signal<Readonly<Record<string, { readonly message: string; readonly abort: AbortController }>>>({});

/** The id of the message that grows in the conversation that is shown. */
export const growing = computed(() => running.value[currentId.value ?? '']?.message ?? null);

/** What a screen reader is told: that an answer has begun or ended, not each word of it. */
export const announcement = signal('');

/** How often the page shows what has come, in ms. */
const SHOW_EVERY = 40;

/** The part of a long answer that is read out at its end. */
const MOST_READ = 600;

export function send(text: string, attachments: readonly Attachment[]): void {
  const title = text.trim() || attachments[0]?.name || '';
  const conversation = currentOrNew(title);
  const parent = pathOf(conversation.tree).at(-1)?.id ?? null;
  const message = addMessage(conversation.id, {
    parent,
    role: 'user',
    content: text,
    ...(attachments.length > 0 ? { attachments } : {}),
  });
  void answer(conversation.id, message.id);
}

/** Another question in place of one; both stay, side by side. */
export function edit(conversation: string, message: Message, text: string): void {
  const changed = addMessage(conversation, {
    parent: message.parent,
    role: 'user',
    content: text,
    ...(message.attachments ? { attachments: message.attachments } : {}),
  });
  void answer(conversation, changed.id);
}

/** Another answer to the same question; one that says nothing is replaced. */
export function regenerate(conversation: string, message: Message): void {
  if (message.parent === null) {
    return;
  }
  if (!message.content && !message.reasoning && !message.toolCalls?.length) {
    updateTree(conversation, (tree) => remove(tree, message.id));
  }
  void answer(conversation, message.parent);
}

/** Has the model go on with an answer that ended too early. */
export function goOn(conversation: string, message: Message): void {
  const asked = addMessage(conversation, { parent: message.id, role: 'user', content: 'Go on exactly where you stopped.' });
  void answer(conversation, asked.id);
}

/** Gives the results of the tools that an answer calls, by the calls' ids. */
export function giveResults(conversation: string, message: Message, results: ReadonlyMap<string, string>): void {
  let parent = message.id;
  for (const [toolCallId, content] of results) {
    parent = addMessage(conversation, { parent, role: 'tool', content, toolCallId }).id;
  }
  void answer(conversation, parent);
}

export function showSibling(conversation: string, message: Message, step: number): void {
  updateTree(conversation, (tree) => switchTo(tree, message.id, step));
}

export function stop(): void {
  running.peek()[currentId.peek() ?? '']?.abort.abort();
}

export function isRunning(conversation: string): boolean {
  return conversation in running.value;
}

/** Ends what is generated for a conversation that is deleted. */
export function stopIn(conversation: string): void {
  running.peek()[conversation]?.abort.abort();
}

async function answer(id: string, parent: string): Promise<void> {
  const conversation = find(id);
  if (!conversation || id in running.peek()) {
    return;
  }
  const settings = conversation.settings;
  const model = settings.model && models.peek().some((known) => known.id === settings.model) ? settings.model : models.peek()[0]?.id;
  const path = pathTo(conversation.tree, parent).filter((message) => message.role !== 'assistant' || !isEmpty(message));
  const message = addMessage(id, { parent, role: 'assistant', content: '', ...(model ? { model } : {}) });
  const abort = new AbortController();
  running.value = { ...running.peek(), [id]: { message: message.id, abort } };
  announcement.value = 'The model answers.';
  const growth = new Growth(id, message.id);
  let trouble: Trouble | null = null;
  try {
    const { model: _, ...others } = settings;
    const body = JSON.stringify(chatRequest(path, model ? { ...others, model } : others));
    trouble = await stream(body, growth, abort.signal);
  } catch (e) {
    trouble = { kind: 'refused', message: e instanceof Error ? e.message : String(e) };
  }
  growth.finish(abort.signal.aborted, trouble);
  const { [id]: _, ...others } = running.peek();
  running.value = others;
  flush();
  announcement.value = trouble ? trouble.message : abort.signal.aborted ? 'Stopped.' : `Answer: ${growth.answer.content.slice(0, MOST_READ)}`;
  if (trouble?.kind === 'key') {
    askForKey(() => {
      const failed = find(id)?.tree.messages[message.id];
      if (failed) {
        regenerate(id, failed);
      }
    });
  }
}

function isEmpty(message: Message): boolean {
  return !message.content && !message.toolCalls?.length;
}

/** Sends a request and reads its answer; tells what went wrong, if anything did. */
async function stream(body: string, growth: Growth, signal: AbortSignal): Promise<Trouble | null> {
  let begun = false;
  try {
    const response = await call('v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal,
    });
    reachable.value = true;
    if (!response.ok || !response.body) {
      return troubleOf(response.status, await response.text(), response.headers.get('retry-after'), Date.now());
    }
    begun = true;
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return gone(true); // without [DONE]
      }
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        if (event === '[DONE]') {
          return null;
        }
        growth.take(event);
        if (growth.answer.error !== null) {
          return { kind: 'failed', message: growth.answer.error };
        }
      }
    }
  } catch (e) {
    if (signal.aborted) {
      return null;
    }
    if (e instanceof SyntaxError) {
      return { kind: 'failed', message: 'The server sent what is no JSON.' };
    }
    reachable.value = begun;
    return gone(begun);
  }
}

/** An answer while it grows: what has come, and what of it is shown already. */
class Growth {
  answer: Answer = NOTHING;
  private readonly start = performance.now();
  private first: number | null = null;
  private shown = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly conversation: string,
    private readonly message: string,
  ) {}

  take(event: string): void {
    this.answer = grow(this.answer, event);
    if (this.first === null && (this.answer.content || this.answer.reasoning || this.answer.toolCalls.length > 0)) {
      this.first = performance.now() - this.start;
    }
    this.timer ??= setTimeout(() => this.show(), Math.max(0, this.shown + SHOW_EVERY - performance.now()));
  }

  private show(changes: Partial<Message> = {}): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.shown = performance.now();
    const { content, reasoning, toolCalls } = this.answer;
    changeMessage(this.conversation, this.message, {
      content,
      ...(reasoning ? { reasoning } : {}),
      ...(toolCalls.length > 0 ? { toolCalls } : {}),
      ...changes,
    });
  }

  finish(stopped: boolean, trouble: Trouble | null): void {
    const usage = this.answer.usage;
    this.show({
      finish: stopped ? 'stopped' : (this.answer.finish ?? ''),
      ...(trouble ? { trouble } : {}),
      ...(usage
        ? {
            stats: {
              promptTokens: usage.prompt,
              cachedTokens: usage.cached,
              tokens: usage.generated,
              firstTokenMs: Math.round(this.first ?? 0),
              totalMs: Math.round(performance.now() - this.start),
            },
          }
        : {}),
    });
  }
}
