package dev.tokapu.engine.disk;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/**
 * The stream that an entry is written to, which ends when nobody wants the entry any more.
 *
 * <p>Thread safety: confined.
 */
final class CancellableOutputStream extends FilterOutputStream {

    private final PendingEntry entry;

    CancellableOutputStream(OutputStream out, PendingEntry entry) {
        super(out);
        this.entry = entry;
    }

    @Override
    public void write(int value) throws IOException {
        check();
        out.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        check();
        out.write(bytes, offset, length);
    }

    private void check() throws InterruptedIOException {
        if (entry.isCancelled()) {
            throw new InterruptedIOException("the entry is no longer wanted");
        }
    }
}
