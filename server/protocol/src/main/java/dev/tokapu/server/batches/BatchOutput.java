package dev.tokapu.server.batches;

import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.files.FileStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a batch puts out, while it grows: a line for each request that is done, in one of two files. The id of a line has the number of its
 * request, so that what was done before the process died is known from the lines that are whole. What is behind the last whole line is cut off,
 * and its request is made again.
 */
final class BatchOutput implements Closeable {

    private static final Pattern BEGINNING = Pattern.compile("\\{\"id\":\"batch_req_[0-9a-f]+_(\\d{1,9})\",");
    private static final int LONGEST_BEGINNING = 100;

    private final DataFolder disk;
    private final FileStore files;
    private final String tenant;
    private final Part answers;
    private final Part errors;
    private final BitSet done = new BitSet(); // by line
    private BatchUsage usage = BatchUsage.NONE;

    /** {@code folder}: where it is, with what there was before. */
    BatchOutput(DataFolder disk, FileStore files, String tenant, Path folder) throws IOException {
        this.disk = disk;
        this.files = files;
        this.tenant = tenant;
        this.answers = new Part(folder.resolve("output.jsonl"));
        this.errors = new Part(folder.resolve("errors.jsonl"));
        try {
            answers.recover();
            errors.recover();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** The id of a line. */
    static String id(String batch, int line) {
        return "batch_req_" + batch.substring(batch.indexOf('_') + 1) + '_' + line;
    }

    /** The request of a line that is whole, else -1. After a power failure there may be zeros where nothing was written. */
    private static int number(byte[] line) {
        for (byte one : line) {
            if (one == 0) {
                return -1;
            }
        }
        String beginning = new String(line, 0, Math.min(LONGEST_BEGINNING, line.length), StandardCharsets.ISO_8859_1);
        Matcher matcher = BEGINNING.matcher(beginning);
        return matcher.lookingAt() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    boolean isDone(int line) {
        return done.get(line);
    }

    /** Adds what became of a request. */
    void add(int line, boolean success, byte[] json) throws IOException {
        (success ? answers : errors).add(json);
        count(line, json);
    }

    private void count(int line, byte[] json) {
        done.set(line);
        usage = usage.plus(BatchUsage.ofLine(json));
    }

    /** The tokens of all that is done. */
    BatchUsage usage() {
        return usage;
    }

    /** The answers. */
    Part answers() {
        return answers;
    }

    /** What went wrong. */
    Part errors() {
        return errors;
    }

    @Override
    public void close() throws IOException {
        try {
            answers.close();
        } finally {
            errors.close();
        }
    }

    /** One of the files. */
    final class Part implements Closeable {

        private final Path file;
        private @Nullable FileChannel out;
        private long bytes; // that are counted here
        private int lines;

        private Part(Path file) {
            this.file = file;
        }

        private void recover() throws IOException {
            if (!Files.exists(file)) {
                return;
            }
            FileChannel channel = disk.grow(file);
            out = channel;
            long size = channel.position();
            long whole = 0;
            LineReader reader = new LineReader(Channels.newInputStream(channel.position(0)), Integer.MAX_VALUE);
            for (byte @Nullable [] line = reader.next(); line != null; line = reader.next()) {
                int number = number(line);
                if (number < 0 || reader.bytes() == whole) {
                    break;
                }
                BatchOutput.this.count(number, line);
                whole = reader.bytes();
                lines++;
            }
            if (whole < size) {
                channel.truncate(whole);
            }
            channel.position(whole);
            count(whole);
        }

        private void count(long more) {
            bytes += more;
            files.grown(tenant, more);
        }

        private void add(byte[] json) throws IOException {
            FileChannel channel = out;
            if (channel == null) {
                channel = disk.grow(file);
                out = channel;
            }
            ByteBuffer ended = ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n');
            disk.append(channel, ended.array());
            count(ended.capacity());
            lines++;
        }

        /** How many lines it has. */
        int lines() {
            return lines;
        }

        /** Makes it a file of the tenant, if it is there still. */
        void adopt(String id, String name, long seconds) throws IOException {
            files.adopt(file, id, tenant, name, seconds);
            bytes = 0; // which count there
        }

        @Override
        public void close() throws IOException {
            count(-bytes);
            FileChannel channel = out;
            out = null;
            if (channel != null) {
                channel.close();
            }
        }
    }
}
