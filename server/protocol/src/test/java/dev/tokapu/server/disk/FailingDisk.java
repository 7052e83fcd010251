package dev.tokapu.server.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A folder that is never written again from some change on, as if the process had died, or that has no room for a while. */
public final class FailingDisk {

    private final AtomicInteger left;
    private final DataFolder folder;
    private volatile boolean died;
    private volatile boolean full;

    /** The process dies before a change of the disk. */
    public static final class Died extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** It dies after so many changes. */
    public FailingDisk(Path place, int changes) {
        left = new AtomicInteger(changes);
        folder = DataFolder.open(place, this::before);
    }

    private void before(String change) throws IOException {
        if (died && change.startsWith("delete")) {
            throw new IOException("the process has died");
        }
        if (full && !change.startsWith("delete")) {
            throw new IOException("No space left on device");
        }
        if (died || left.getAndDecrement() <= 0) {
            died = true;
            throw new Died();
        }
    }

    public DataFolder folder() {
        return folder;
    }

    public boolean hasDied() {
        return died;
    }

    public void full(boolean value) {
        full = value;
    }
}
