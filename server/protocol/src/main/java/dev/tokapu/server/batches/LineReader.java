package dev.tokapu.server.batches;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a file, one after another: no more than one is in memory. */
final class LineReader implements Closeable {

    private final InputStream in;
    private final int longest;
    private final byte[] buffer = new byte[64 << 10];
    private int at;
    private int end;
    private int number;
    private long bytes;

    LineReader(InputStream in, int longest) {
        this.in = in;
        this.longest = longest;
    }

    /** The number of the line that was read last, from 1. */
    int number() {
        return number;
    }

    /** The bytes of all lines that ended, their ends included. */
    long bytes() {
        return bytes;
    }

    /**
     * The next line, without its end, which need not be there at the end of the file; null when there is none.
     *
     * @throws ProblemException when it is too long; the one behind it comes next
     */
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long length = 0;
        while (at < end || fill()) {
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            length += at - from;
            if (length <= longest) {
                line.write(buffer, from, at - from);
            }
            if (at < end) {
                at++;
                bytes += length + 1;
                return ended(line, length);
            }
        }
        return length == 0 ? null : ended(line, length);
    }

    private byte[] ended(ByteArrayOutputStream line, long length) {
        number++;
        if (length > longest) {
            throw new ProblemException(
                    Problem.of(Problem.Kind.INVALID, "the line has " + length + " bytes; it may have " + longest)
                            .withCode("line_too_long"));
        }
        return line.toByteArray();
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
