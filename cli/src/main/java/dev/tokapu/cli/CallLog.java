package dev.tokapu.cli;

import dev.tokapu.server.api.CallObserver;
import dev.tokapu.server.api.FinishedCall;
import dev.tokapu.server.api.Service;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the access log as it is wanted, and the audit log; a thread of its own does, so that no slow disk holds up answers. */
final class CallLog implements CallObserver, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");
    private static final long CLOSING_SECONDS = 5;

    private final Console console;
    private final boolean access;
    private final boolean json;
    private final @Nullable BufferedWriter audit;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread daemon = new Thread(task, "tokapu-call-log");
        daemon.setDaemon(true);
        return daemon;
    });

    private CallLog(Console console, boolean access, boolean json, @Nullable BufferedWriter audit) {
        this.console = console;
        this.access = access;
        this.json = json;
        this.audit = audit;
    }

    static CallLog of(Console console, ServeArgs serve) {
        boolean json = isJson(serve);
        return new CallLog(console, serve.accessLog, json, serve.auditLog == null ? null : open(serve.auditLog));
    }

    /** Tells what {@link #of} would refuse, and writes nothing. */
    static void check(ServeArgs serve) {
        boolean unused = isJson(serve);
        Path audit = serve.auditLog;
        if (audit != null) {
            OutputFile.check("--audit-log ", audit);
        }
    }

    private static boolean isJson(ServeArgs serve) {
        boolean json = serve.accessLogFormat.equals("json");
        if (!json && !serve.accessLogFormat.equals("text")) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--access-log-format " + serve.accessLogFormat + " is not known; give text or json");
        }
        return json;
    }

    private static BufferedWriter open(Path file) {
        try {
            return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "--audit-log " + file + " cannot be written: " + e);
        }
    }

    @Override
    public void ended(FinishedCall call) {
        if (!json) {
            Service.access(call);
        }
        if ((json && access) || (audit != null && call.model() != null)) {
            try {
                thread.execute(() -> write(call));
            } catch (RejectedExecutionException e) {
                LOG.debug("Request {} ended after the log", call.id());
            }
        }
    }

    private void write(FinishedCall call) {
        if (json && access) {
            console.note(call.accessJson());
        }
        if (audit != null && call.model() != null) {
            try {
                audit.write(call.auditJson() + '\n');
                audit.flush();
            } catch (IOException e) {
                LOG.warn("The audit log cannot be written: {}", e.toString());
            }
        }
    }

    /** After what there is to write. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The last lines of the logs were not written in time");
            }
            if (audit != null) {
                audit.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("The audit log cannot be written: {}", e.toString());
        }
    }
}
