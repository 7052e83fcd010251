package dev.tokapu.hub;

import java.io.IOException;

/** A failure of this machine's disk: no other try helps. */
final class LocalFailure extends IOException {

    private static final long serialVersionUID = 1L;

    LocalFailure(String message, IOException cause) {
        super(message, cause);
    }
}
