package dev.tokapu.server.flight;

import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.api.SerialTask;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/**
 * One recording, and the call that waits for it. It ends after its time, when somebody ends it, or when the client goes away.
 *
 * <p>Thread safety: safe.
 */
final class Flight {

    private static final long MAX_BYTES = 128L << 20; // then the oldest events go
    private static final int CHUNK_BYTES = 64 << 10;

    /** What might hold secrets. */
    private static final List<String> LEFT_OUT =
            List.of("jdk.InitialEnvironmentVariable", "jdk.InitialSystemProperty", "jdk.SystemProcess");

    private final Call call;
    private final Service service;
    private final Runnable onEnd;
    private Runnable cancelTimer = () -> {}; // these with the lock of this
    private @Nullable Recording recording;
    private @Nullable InputStream file;
    private boolean finished;
    private boolean over;

    /** {@code onEnd}: told once when another one may begin. */
    Flight(Call call, Service service, Runnable onEnd) {
        this.call = call;
        this.service = service;
        this.onEnd = onEnd;
    }

    /** Begins; what goes wrong is told to the call. */
    void start(String settings, Duration length) {
        try {
            record(settings, length);
        } catch (LinkageError e) {
            discard();
            throw new ProblemException(
                    Problem.of(Kind.UNSUPPORTED, "this Java runtime has no Flight Recorder, the module jdk.jfr"), e);
        } catch (IOException | ParseException | RuntimeException e) {
            discard();
            throw new ProblemException(
                    Problem.of(Kind.INTERNAL, "the flight recording could not begin: " + e.getMessage()), e);
        }
        call.exchange().onClosed(this::discard);
    }

    private synchronized void record(String settings, Duration length) throws IOException, ParseException {
        Recording made = new Recording(Configuration.getConfiguration(settings));
        recording = made;
        made.setName("tokapu");
        made.setMaxSize(MAX_BYTES);
        LEFT_OUT.forEach(made::disable);
        made.start();
        cancelTimer = service.workers().later(this::finish, length);
    }

    /** Stops it, and sends what it has. */
    void finish() {
        try {
            service.workers().answers().execute(this::send);
        } catch (RejectedExecutionException e) { // the server is closed
            discard();
        }
    }

    private void send() {
        try {
            InputStream in = stopped();
            if (in == null) {
                return;
            }
            EventStream out = call.bytes("application/octet-stream");
            SerialTask pump = new SerialTask(service.workers().answers(), () -> pump(in, out));
            out.onDrained(pump::signal);
            pump.signal();
        } catch (IOException | RuntimeException e) {
            discard();
            call.fail(e);
        }
    }

    /** The file; null when it has been asked for before, or there is nobody for it. */
    private synchronized @Nullable InputStream stopped() throws IOException {
        if (finished || over || recording == null) {
            return null;
        }
        finished = true;
        recording.stop();
        file = recording.getStream(null, null);
        if (file == null) {
            throw new IOException("the recording has no data");
        }
        return file;
    }

    private void pump(InputStream in, EventStream out) {
        try {
            while (out.wantsMore()) {
                byte[] chunk = in.readNBytes(CHUNK_BYTES);
                if (chunk.length == 0) {
                    discard();
                    out.end();
                    return;
                }
                out.data(chunk);
            }
        } catch (IOException e) { // also when the client has gone meanwhile
            discard();
            out.abort();
        }
    }

    /** Frees what it holds on disk. Idempotent. */
    private void discard() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            cancelTimer.run();
            close();
        }
        onEnd.run();
    }

    private void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // it was only read
        }
        if (recording != null) {
            recording.close();
        }
    }
}
