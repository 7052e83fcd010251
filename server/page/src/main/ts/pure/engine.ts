// What /tokapu/engine says, and what two of its answers say together.

export interface Latency {
  readonly count: number;
  readonly total_ms: number;
  readonly p50_ms: number;
  readonly p90_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

export interface EngineState {
  readonly model: string;
  readonly waiting: number;
  readonly running: number;
  readonly generating: number;
  readonly max_sequences: number;
  readonly context_size: number;
  readonly sequence_context_size: number;
  readonly reserved_tokens: number;
  readonly submitted: number;
  readonly completed: number;
  readonly rejected: number;
  readonly cancelled: number;
  readonly failed: number;
  readonly prompt_tokens: number;
  readonly generated_tokens: number;
  readonly queue_time: Latency;
  readonly first_token: Latency;
  readonly between_tokens: Latency;
  readonly end_to_end: Latency;
  readonly step_time: Latency;
}

export interface RequestState {
  readonly id: string;
  readonly path: string;
  readonly model: string | null;
  readonly state: 'preparing' | 'waiting' | 'generating' | 'ended';
  readonly status: string | null;
  readonly began: number;
  readonly seconds: number;
  readonly prompt_tokens: number;
  readonly cached_tokens: number;
  readonly generated_tokens: number;
}

export interface ServerState {
  readonly time: number;
  readonly models: readonly EngineState[];
  readonly requests: readonly RequestState[];
}

/** One point of the charts. */
export interface Sample {
  readonly time: number;
  readonly tokensPerSecond: number;
  readonly promptTokensPerSecond: number;
  readonly generating: number;
  readonly waiting: number;
  /** How much of the KV cache is promised to requests, 0 to 1. */
  readonly kv: number;
  /** Averages since the sample before, in ms; null when nothing happened. */
  readonly firstToken: number | null;
  readonly betweenTokens: number | null;
}

function mean(before: Latency, after: Latency): number | null {
  const count = after.count - before.count;
  return count > 0 ? Math.max(0, after.total_ms - before.total_ms) / count : null;
}

/** What happened to an engine between two answers of the server; null when they are of different runs. */
export function sample(before: ServerState, after: ServerState, model: string): Sample | null {
  const from = before.models.find((engine) => engine.model === model);
  const to = after.models.find((engine) => engine.model === model);
  const seconds = (after.time - before.time) / 1000;
  if (!from || !to || seconds <= 0 || to.submitted < from.submitted || to.generated_tokens < from.generated_tokens) {
    return null;
  }
  return {
    time: after.time,
    tokensPerSecond: (to.generated_tokens - from.generated_tokens) / seconds,
    promptTokensPerSecond: Math.max(0, to.prompt_tokens - from.prompt_tokens) / seconds,
    generating: to.generating,
    waiting: to.waiting,
    kv: to.context_size > 0 ? Math.min(1, to.reserved_tokens / to.context_size) : 0,
    firstToken: mean(from.first_token, to.first_token),
    betweenTokens: mean(from.between_tokens, to.between_tokens),
  };
}
