// One message of a conversation.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { bytes, millis, rate } from '../pure/format';
import { type AnswerStats, type Message, position } from '../pure/tree';
import { edit, goOn, growing, regenerate, showSibling } from '../state/answering';
import { type Conversation } from '../state/conversations';
import { contextSizes } from '../state/server';
import { CopyButton } from './copy';
import { GrowingText } from './growing-text';
import { Icon, IconButton } from './icons';
import { Markdown } from './markdown';
import { memo } from './memo';
import { ToolCalls } from './tools';
import { TroubleBox } from './trouble';

interface Props {
  conversation: Conversation;
  message: Message;
  isLast: boolean;
}

export function MessageView(props: Props): JSX.Element {
  switch (props.message.role) {
    case 'user':
      return <Question {...props} />;
    case 'tool':
      return <ToolResult {...props} />;
    case 'assistant':
      return <AnswerView {...props} />;
  }
}

function Question({ conversation, message }: Props): JSX.Element {
  const editing = useSignal(false);
  return (
    <article class="message question" aria-label="You">
      {message.attachments?.map((file) => (
        <details class="attachment" key={file.name}>
          <summary>
            <Icon name="clip" /> {file.name} <small>{bytes(file.text.length)}</small>
          </summary>
          <pre tabIndex={0}>{file.text}</pre>
        </details>
      ))}
      {editing.value ? (
        <GrowingText
          label="Edit the message"
          text={message.content}
          action="Send"
          onDone={(text) => {
            editing.value = false;
            edit(conversation.id, message, text);
          }}
          onCancel={() => (editing.value = false)}
        />
      ) : (
        message.content && <div class="bubble">{message.content}</div>
      )}
      <div class="actions">
        <Siblings conversation={conversation} message={message} />
        <CopyButton text={message.content} label="Copy message" />
        <IconButton icon="edit" label="Edit message" disabled={growing.value !== null} onClick={() => (editing.value = true)} />
      </div>
    </article>
  );
}

function ToolResult({ message }: Props): JSX.Element {
  return (
    <article class="message tool-result" aria-label="Result of a tool">
      <details>
        <summary>
          <Icon name="tool" /> Result
        </summary>
        <pre tabIndex={0}>{message.content}</pre>
      </details>
    </article>
  );
}

function AnswerView({ conversation, message, isLast }: Props): JSX.Element {
  const grows = growing.value === message.id;
  const canAct = growing.value === null;
  return (
    <article class="message answer" aria-label={message.model ?? 'The model'} aria-busy={grows}>
      {message.reasoning && <Reasoning text={message.reasoning} isOpen={grows && !message.content} />}
      <Markdown text={message.content} />
      {grows && !message.content && !message.reasoning && <Waiting />}
      {message.toolCalls && message.toolCalls.length > 0 && (
        <ToolCalls conversation={conversation.id} message={message} wantsResults={isLast && canAct} />
      )}
      {message.trouble && canAct && <TroubleBox conversation={conversation.id} message={message} trouble={message.trouble} />}
      {!grows && message.finish === 'length' && (
        <p class="note">
          Ended at the token limit.{' '}
          <button type="button" class="link" disabled={!canAct} onClick={() => goOn(conversation.id, message)}>
            Continue
          </button>
        </p>
      )}
      {!grows && message.finish === 'stopped' && <p class="note">Stopped.</p>}
      {!grows && message.finish === undefined && <p class="note">Interrupted: the page was closed.</p>}
      {!grows && (
        <div class="actions">
          <Siblings conversation={conversation} message={message} />
          {message.content && <CopyButton text={message.content} label="Copy answer" />}
          {!message.trouble && (
            <IconButton
              icon="again"
              label="Generate another answer"
              disabled={!canAct}
              onClick={() => regenerate(conversation.id, message)}
            />
          )}
          <Stats message={message} />
        </div>
      )}
    </article>
  );
}

function Waiting(): JSX.Element {
  return (
    <p class="waiting">
      <span />
      <span />
      <span />
    </p>
  );
}

/** What the model thought: open while there is nothing else to read. */
const Reasoning = memo(
  ({ text, isOpen }: { text: string; isOpen: boolean }) => (
    <details class="reasoning" open={isOpen}>
      <summary>{isOpen ? 'Thinking' : 'Thought'}</summary>
      <Markdown text={text} />
    </details>
  ),
  (before, after) => before.text === after.text && before.isOpen === after.isOpen,
);

function Siblings({ conversation, message }: { conversation: Conversation; message: Message }): JSX.Element | null {
  const { index, count } = position(conversation.tree, message.id);
  if (count < 2) {
    return null;
  }
  const isQuiet = growing.value !== null;
  return (
    <span class="siblings" role="group" aria-label="Versions">
      <IconButton
        icon="left"
        label="Version before"
        disabled={index === 1 || isQuiet}
        onClick={() => showSibling(conversation.id, message, -1)}
      />
      <span aria-live="polite">
        <span class="hidden">Version </span>
        {index}/{count}
      </span>
      <IconButton
        icon="right"
        label="Next version"
        disabled={index === count || isQuiet}
        onClick={() => showSibling(conversation.id, message, 1)}
      />
    </span>
  );
}

function Stats({ message }: { message: Message }): JSX.Element | null {
  const stats = message.stats;
  if (!stats) {
    return null;
  }
  const size = message.model ? contextSizes.value[message.model] : undefined;
  const used = stats.promptTokens + stats.tokens;
  return (
    <small class="stats" title={details(stats)}>
      {stats.tokens} tokens · {speed(stats)} · first after {millis(stats.firstTokenMs)}
      {size ? ` · ${Math.round((used / size) * 100)} % of context` : ''}
    </small>
  );
}

function speed(stats: AnswerStats): string {
  const seconds = (stats.totalMs - stats.firstTokenMs) / 1000;
  return stats.tokens > 1 && seconds > 0 ? `${rate((stats.tokens - 1) / seconds)} tokens/s` : '–';
}

function details(stats: AnswerStats): string {
  return `${stats.promptTokens} prompt tokens, ${stats.cachedTokens} of them cached; ${millis(stats.totalMs)} in all`;
}
