// An answer as it grows, from the events of OpenAI's API.
import type { ToolCall } from './tree';

export interface Answer {
  readonly content: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: string | null;
  readonly usage: { prompt: number; cached: number; generated: number } | null;
  /** What the server says went wrong behind the head of the response. */
  readonly error: string | null;
}

export const NOTHING: Answer = { content: '', reasoning: '', toolCalls: [], finish: null, usage: null, error: null };

interface Delta {
  content?: string | null;
  reasoning_content?: string | null;
  tool_calls?: { index: number; id?: string; function?: { name?: string; arguments?: string } }[];
}

interface Chunk {
  choices?: { delta?: Delta; finish_reason?: string | null }[];
  usage?: { prompt_tokens?: number; completion_tokens?: number; prompt_tokens_details?: { cached_tokens?: number } } | null;
  error?: { message?: string };
}

function withCalls(calls: readonly ToolCall[], deltas: NonNullable<Delta['tool_calls']>): ToolCall[] {
  const all = [...calls];
  for (const delta of deltas) {
    const before = all[delta.index] ?? { id: '', name: '', arguments: '' };
    all[delta.index] = {
      id: delta.id ?? before.id,
      name: before.name + (delta.function?.name ?? ''),
      arguments: before.arguments + (delta.function?.arguments ?? ''),
    };
  }
  return all;
}

/** The answer after one more event; its data is JSON. */
export function grow(answer: Answer, data: string): Answer {
  const chunk = JSON.parse(data) as Chunk;
  if (chunk.error) {
    return { ...answer, error: chunk.error.message ?? 'the server does not say why' };
  }
  const choice = chunk.choices?.[0];
  const delta = choice?.delta;
  return {
    content: answer.content + (delta?.content ?? ''),
    reasoning: answer.reasoning + (delta?.reasoning_content ?? ''),
    toolCalls: delta?.tool_calls ? withCalls(answer.toolCalls, delta.tool_calls) : answer.toolCalls,
    finish: choice?.finish_reason ?? answer.finish,
    usage: chunk.usage
      ? {
          prompt: chunk.usage.prompt_tokens ?? 0,
          cached: chunk.usage.prompt_tokens_details?.cached_tokens ?? 0,
          generated: chunk.usage.completion_tokens ?? 0,
        }
      : answer.usage,
    error: answer.error,
  };
}
