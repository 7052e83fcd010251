// What went wrong with an answer, and what can be done.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { duration } from '../pure/format';
import type { Message, Trouble } from '../pure/tree';
import { goOn, regenerate } from '../state/answering';
import { open } from '../state/route';
import { askForKey } from '../state/server';
import { Icon } from './icons';

/** The seconds until a time, counted down. */
function useSecondsUntil(at: number | undefined): number {
  const left = useSignal(0);
  useEffect(() => {
    const update = (): void => {
      left.value = at === undefined ? 0 : Math.max(0, Math.ceil((at - Date.now()) / 1000));
    };
    update();
    const timer = setInterval(update, 500);
    return () => clearInterval(timer);
  }, [at]);
  return left.value;
}

const ADVICE: Partial<Record<Trouble['kind'], string>> = {
  context: 'Begin a new conversation, edit an earlier message, or serve the model with more tokens (--ctx).',
  gone: 'What had come of it is kept.',
};

export function TroubleBox({ conversation, message, trouble }: { conversation: string; message: Message; trouble: Trouble }): JSX.Element {
  const seconds = useSecondsUntil(trouble.retryAt);
  const again = (): void => regenerate(conversation, message);
  const advice = trouble.kind === 'gone' && !message.content ? undefined : ADVICE[trouble.kind];
  return (
    <div class="trouble" role="alert">
      <Icon name="warn" />
      <div>
        <p>{trouble.message}</p>
        {advice && <p class="advice">{advice}</p>}
        {seconds > 0 && <p class="advice">There is room again in {duration(seconds)}.</p>}
        <div class="buttons">
          {trouble.kind === 'key' ? (
            <button type="button" class="button primary" onClick={() => askForKey(again)}>
              Enter a key
            </button>
          ) : (
            <button type="button" class="button" disabled={seconds > 0} onClick={again}>
              {message.content ? 'Generate again' : 'Try again'}
            </button>
          )}
          {trouble.kind === 'gone' && message.content && (
            <button type="button" class="button primary" onClick={() => goOn(conversation, message)}>
              Continue
            </button>
          )}
          {trouble.kind === 'context' && (
            <button type="button" class="button primary" onClick={() => open(null)}>
              New conversation
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
