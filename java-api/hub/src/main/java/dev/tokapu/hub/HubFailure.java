package dev.tokapu.hub;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request to a hub that was not answered as wanted. */
final class HubFailure extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean lasting;
    private final @Nullable Duration retryAfter;

    private HubFailure(String message, boolean lasting, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.lasting = lasting;
        this.retryAfter = retryAfter;
    }

    /** One that asking again does not change. */
    static HubFailure lasting(String message) {
        return new HubFailure(message, true, null, null);
    }

    /** One that may be over when it is tried again, at the time that the hub says where it says one. */
    static HubFailure passing(String message, @Nullable Duration retryAfter) {
        return new HubFailure(message, false, retryAfter, null);
    }

    static HubFailure passing(String message, Throwable cause) {
        return new HubFailure(message, false, null, cause);
    }

    boolean isLasting() {
        return lasting;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
