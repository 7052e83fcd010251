package dev.tokapu.engine.schedule;

/** Where a request is on its way. */
enum Phase {
    /** Not offered yet, or refused. */
    NEW,
    /** Waits for slots. */
    QUEUED,
    /** Has slots; the beginning of its prompt is being restored. */
    RESTORING,
    /** Has slots; its prompt is not decoded to the end. */
    PREFILLING,
    /** Its prompt is decoded and its sequences generate. */
    DECODING,
    /** Its prompt is decoded, and that is all it wants: its results have to be fetched. */
    AWAITING_RESULT,
    /** Over; its slots may still wait to be cleared. */
    ENDED
}
