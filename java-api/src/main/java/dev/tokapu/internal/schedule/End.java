package dev.tokapu.internal.schedule;

/** Why a job or one of its lanes ended. */
public enum End {
    /** Somebody cancelled it. */
    CANCELLED,
    /** Its deadline passed. */
    DEADLINE,
    /** Its last token was sampled or its results were read; no plan lists this one, since the engine said it. */
    DONE
}
