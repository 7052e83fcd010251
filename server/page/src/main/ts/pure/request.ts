// What is sent to the server for a conversation.
import type { Message } from './tree';

/** The settings of a conversation; what is not given is the model's or the server's default. */
export interface Settings {
  readonly model?: string;
  readonly system?: string;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly min_p?: number;
  readonly repeat_penalty?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly max_tokens?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly thinking?: 'off';
  /** A JSON array of tools, as it was typed. */
  readonly tools?: string;
}

/** A text with the files that go with it, each as a block of code. */
export function withAttachments(message: Pick<Message, 'content' | 'attachments'>): string {
  const blocks = (message.attachments ?? []).map((file) => {
    const ticks = '`'.repeat(Math.max(3, ...[...file.text.matchAll(/`+/g)].map((run) => run[0].length + 1)));
    return `File ${file.name}:\n${ticks}\n${file.text.replace(/\n$/, '')}\n${ticks}\n`;
  });
  return [...blocks, message.content].join('\n');
}

function toApi(message: Message): object {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: withAttachments(message) };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId ?? '', content: message.content };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content,
        ...(message.toolCalls?.length
          ? {
              tool_calls: message.toolCalls.map((call) => ({
                id: call.id,
                type: 'function',
                function: { name: call.name, arguments: call.arguments },
              })),
            }
          : {}),
      };
  }
}

/** Tools as they were typed; throws an error that says what is wrong with them. */
export function parseTools(text: string): unknown[] {
  let tools: unknown;
  try {
    tools = JSON.parse(text);
  } catch (e) {
    throw new Error(`The tools are no JSON: ${e instanceof Error ? e.message : String(e)}`);
  }
  if (!Array.isArray(tools)) {
    throw new Error('The tools are to be a JSON array, as in OpenAI’s API.');
  }
  return tools.map((tool: unknown) =>
    typeof tool === 'object' && tool !== null && 'function' in tool ? { type: 'function', ...tool } : { type: 'function', function: tool },
  );
}

/** The body of POST /v1/chat/completions. */
export function chatRequest(path: readonly Message[], settings: Settings): Record<string, unknown> {
  const { model, system, thinking, tools, stop, ...numbers } = settings;
  return {
    ...(model ? { model } : {}),
    messages: [...(system?.trim() ? [{ role: 'system', content: system }] : []), ...path.map(toApi)],
    stream: true,
    stream_options: { include_usage: true },
    ...numbers,
    ...(stop?.length ? { stop } : {}),
    ...(thinking === 'off' ? { reasoning_effort: 'none' } : {}),
    ...(tools?.trim() ? { tools: parseTools(tools) } : {}),
  };
}
