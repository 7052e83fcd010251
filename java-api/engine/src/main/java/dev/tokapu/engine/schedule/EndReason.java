package dev.tokapu.engine.schedule;

/** Why a request or one of its sequences ended. */
public enum EndReason {
    /** Somebody cancelled it. */
    CANCELLED,
    /** Its deadline passed. */
    DEADLINE,
    /** Its last token was sampled or its results were read; no plan lists this one, since the engine said it. */
    DONE
}
