// The messages of the conversation that is shown.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { growing } from '../state/answering';
import { current, currentId, currentPath } from '../state/conversations';
import { models } from '../state/server';
import { Icon } from './icons';
import { MessageView } from './message';

/** How far from its end a thread still counts as read to the end, in pixels. */
const NEAR = 80;

export function Thread(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const isAtEnd = useSignal(true);
  const conversation = current.value;
  const path = currentPath.value;
  const toEnd = (): void => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
    isAtEnd.value = true;
  };
  useEffect(toEnd, [currentId.value, growing.value !== null]);
  useEffect(() => {
    const observer = new ResizeObserver(() => isAtEnd.peek() && toEnd());
    if (column.current) {
      observer.observe(column.current);
    }
    return () => observer.disconnect();
  }, [path.length > 0]);
  const onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = box.current ?? { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };
    isAtEnd.value = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  return (
    <div class="thread-frame">
      <div class="thread" ref={box} onScroll={onScroll} tabIndex={0} role="region" aria-label="Messages">
        {conversation && path.length > 0 ? (
          <div class="column" ref={column}>
            {path.map((message, index) => (
              <MessageView
                key={message.id}
                conversation={conversation}
                message={message}
                isLast={index === path.length - 1}
              />
            ))}
          </div>
        ) : (
          <Welcome />
        )}
      </div>
      {!isAtEnd.value && (
        <button type="button" class="to-end" aria-label="To the end" onClick={toEnd}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function Welcome(): JSX.Element {
  const first = models.value[0];
  return (
    <div class="welcome">
      <h1>What can I help with?</h1>
      <p>{first ? `${first.id} runs on this server; what you write goes nowhere else.` : 'No model is known yet.'}</p>
    </div>
  );
}
