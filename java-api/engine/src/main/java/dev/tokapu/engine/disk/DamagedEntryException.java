package dev.tokapu.engine.disk;

import java.io.IOException;

/** The file of an entry is not as it was written. */
final class DamagedEntryException extends IOException {

    private static final long serialVersionUID = 1;

    DamagedEntryException(String message) {
        super(message);
    }
}
