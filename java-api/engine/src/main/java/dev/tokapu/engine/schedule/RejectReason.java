package dev.tokapu.engine.schedule;

/** Why a request was not accepted. */
public enum RejectReason {
    /** As many requests wait as may wait; later there may be room. */
    QUEUE_FULL,
    /** The prompt and what it generates never fit a sequence or the KV cache. */
    TOO_LONG,
    /** It has more branches than the context has sequences. */
    TOO_MANY_BRANCHES,
    /** Its prompt must be computed in one step and is longer than a batch. */
    WHOLE_TOO_LONG,
    /** Its deadline was over when it arrived. */
    EXPIRED
}
