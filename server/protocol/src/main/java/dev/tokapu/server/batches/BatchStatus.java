package dev.tokapu.server.batches;

import java.util.Locale;

/** Where a batch is, with OpenAI's names. */
enum BatchStatus {
    VALIDATING("created_at"),
    FAILED("failed_at"),
    IN_PROGRESS("in_progress_at"),
    FINALIZING("finalizing_at"),
    COMPLETED("completed_at"),
    EXPIRED("expired_at"),
    CANCELLING("cancelling_at"),
    CANCELLED("cancelled_at");

    private final String time;

    BatchStatus(String time) {
        this.time = time;
    }

    /** The name of the time at which a batch got there. */
    String time() {
        return time;
    }

    boolean isFinal() {
        return this == FAILED || this == COMPLETED || this == EXPIRED || this == CANCELLED;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    static BatchStatus of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
