package dev.tokapu.server.files;

import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.api.SerialTask;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bytes of a file on their way to a client, as fast as that takes them. */
final class FileContent {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");
    static final String TYPE = "application/octet-stream";
    private static final int PART = 64 << 10;

    private final EventStream stream;
    private final InputStream bytes;
    private boolean over; // of the task

    private FileContent(EventStream stream, InputStream bytes) {
        this.stream = stream;
        this.bytes = bytes;
    }

    static void send(Call call, StoredFile file, FileStore store, Executor executor) {
        InputStream bytes;
        try {
            bytes = store.open(file);
        } catch (NoSuchFileException e) {
            throw new ProblemException(
                    Problem.of(Kind.NOT_FOUND, "the file '" + file.id() + "' was deleted just now")
                            .withCode("file_not_found"),
                    e);
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(Kind.INTERNAL, "the file cannot be read; the server's log says why"), e);
        }
        EventStream stream = call.bytes(TYPE);
        FileContent content = new FileContent(stream, bytes);
        SerialTask task = new SerialTask(executor, content::advance);
        stream.onDrained(task::signal);
        task.signal();
    }

    /** Sends until the client has enough for now. */
    private void advance() {
        try {
            while (!over && stream.wantsMore()) {
                byte[] part = bytes.readNBytes(PART);
                if (part.length == 0 || stream.isOver()) {
                    finish();
                } else {
                    stream.data(part);
                }
            }
        } catch (IOException e) {
            LOG.warn("A file cannot be read: {}", e.toString());
            stream.abort();
            finish();
        }
    }

    private void finish() {
        over = true;
        stream.end();
        try {
            bytes.close();
        } catch (IOException e) {
            LOG.debug("A file that was read cannot be closed: {}", e.toString());
        }
    }
}
