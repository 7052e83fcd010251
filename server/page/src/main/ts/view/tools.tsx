// The tools that an answer calls, and fields for what they result in: the page runs no tools.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Message, ToolCall } from '../pure/tree';
import { giveResults } from '../state/answering';
import { CodeBlock } from './code';
import { Icon } from './icons';

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json; // it is still growing
  }
}

function Call({ call }: { call: ToolCall }): JSX.Element {
  return (
    <details class="tool-call" open>
      <summary>
        <Icon name="tool" /> Calls <strong>{call.name}</strong>
      </summary>
      <CodeBlock code={pretty(call.arguments)} language="json" />
    </details>
  );
}

interface Props {
  conversation: string;
  message: Message;
  wantsResults: boolean;
}

export function ToolCalls({ conversation, message, wantsResults }: Props): JSX.Element {
  const calls = message.toolCalls ?? [];
  const results = useSignal<Readonly<Record<string, string>>>({});
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    giveResults(conversation, message, new Map(calls.map(({ id }) => [id, results.value[id] ?? ''])));
  };
  return (
    <div class="tool-calls">
      {calls.map((call) => (
        <Call key={call.id} call={call} />
      ))}
      {wantsResults && (
        <form class="results" onSubmit={onSubmit}>
          {calls.map((call, index) => (
            <label key={call.id}>
              Result of {call.name} {calls.length > 1 ? index + 1 : ''}
              <textarea
                rows={2}
                value={results.value[call.id] ?? ''}
                onInput={(event) => (results.value = { ...results.value, [call.id]: event.currentTarget.value })}
              />
            </label>
          ))}
          <div class="buttons">
            <button type="submit" class="button primary">
              Give {calls.length > 1 ? 'results' : 'result'}
            </button>
          </div>
        </form>
      )}
    </div>
  );
}
