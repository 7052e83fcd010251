package dev.tokapu.server;

import dev.tokapu.server.disk.DiskProblems;
import dev.tokapu.server.http.Form;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a form whose file goes to the disk, no faster than that takes it.
 *
 * <p>Thread safety: of one event loop.
 */
final class FormReader {

    private static final String MULTIPART = "multipart/form-data";
    private static final int PROGRESS = 1 << 20;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final Upload upload;
    private final Connections connections;
    private final Consumer<Form> whenWhole;
    private final Consumer<ProblemException> whenRefused;
    private @Nullable HttpServerFileUpload part;
    private @Nullable String fileName;
    private @Nullable AsyncFile file;
    private int sinceProgress;
    private boolean opening;
    private boolean fileEnded = true;
    private boolean ended;
    private boolean over;

    /**
     * {@code whenWhole}: gets the form; where it does not arrive whole, the upload is closed instead. {@code whenRefused}: answers why the
     * rest is not wanted.
     */
    FormReader(
            Vertx vertx,
            HttpServerRequest request,
            Upload upload,
            Connections connections,
            Consumer<Form> whenWhole,
            Consumer<ProblemException> whenRefused) {
        this.vertx = vertx;
        this.request = request;
        this.upload = upload;
        this.connections = connections;
        this.whenWhole = whenWhole;
        this.whenRefused = whenRefused;
    }

    static boolean isForm(HttpServerRequest request) {
        String type = request.getHeader("content-type");
        return type != null
                && type.regionMatches(true, 0, MULTIPART, 0, MULTIPART.length())
                && type.contains("boundary="); // or Vert.x would read no form
    }

    void read() {
        try {
            request.exceptionHandler(failure -> {
                if (request.response().closed()) {
                    if (giveUp()) {
                        connections.refused(request.connection());
                    }
                } else {
                    refuse(broken(failure));
                }
            });
            request.uploadHandler(this::begin);
            request.endHandler(end -> {
                ended = true;
                settle();
                finish();
            });
            request.setExpectMultipart(true);
        } catch (RuntimeException e) { // of the decoder, where the type has no boundary
            refuse(broken(e));
        }
    }

    private static Problem broken(Throwable failure) {
        String message = failure.getMessage();
        return Problem.of(Kind.INVALID, "the form cannot be read: " + (message == null ? failure : message))
                .withCode("invalid_form");
    }

    private void begin(HttpServerFileUpload begun) {
        begun.pause();
        if (part != null || !Form.FILE.equals(begun.name())) {
            refuse(Problem.of(Kind.INVALID, "a form has one file, named '" + Form.FILE + "', and not one more")
                    .withCode("invalid_form"));
            discard(begun);
            return;
        }
        part = begun;
        fileName = String.valueOf(begun.filename());
        fileEnded = false;
        opening = true;
        OpenOptions options =
                new OpenOptions().setCreateNew(true).setRead(false).setWrite(true);
        if (upload.file().getFileSystem().supportedFileAttributeViews().contains("posix")) {
            options.setPerms("rw-------");
        }
        vertx.fileSystem().open(upload.file().toString(), options).onComplete(opened -> {
            opening = false;
            file = opened.result();
            if (over) {
                close();
            } else if (opened.failed()) {
                refuse(DiskProblems.notWritten(opened.cause()).problem());
            }
            if (over) {
                discard(begun);
                return;
            }
            begun.handler(bytes -> write(begun, bytes));
            begun.endHandler(end -> {
                fileEnded = true;
                finish();
            });
            begun.resume();
            settle();
        });
    }

    /** Nothing more comes: of a file that has no end after what is there, the end is missing. */
    private void settle() {
        if (!ended || fileEnded || opening || part == null) {
            return;
        }
        part.resume();
        // What is there is handed on by the loop's next task, before this one.
        vertx.runOnContext(handed -> vertx.runOnContext(done -> {
            if (!fileEnded) {
                refuse(Problem.of(Kind.INVALID, "the form is cut short: its file has no end")
                        .withCode("invalid_form"));
            }
        }));
    }

    private static void discard(HttpServerFileUpload unwanted) {
        unwanted.handler(bytes -> {});
        unwanted.resume();
    }

    private void write(HttpServerFileUpload from, Buffer bytes) {
        AsyncFile out = file;
        if (over || out == null) {
            return;
        }
        try {
            upload.more(bytes.length());
        } catch (ProblemException e) {
            refuse(e.problem());
            return;
        }
        sinceProgress += bytes.length();
        if (sinceProgress >= PROGRESS) {
            sinceProgress = 0;
            connections.goesOn(request.connection());
        }
        out.write(bytes)
                .onFailure(failure -> refuse(DiskProblems.notWritten(failure).problem()));
        if (out.writeQueueFull() && !ended) {
            from.pause();
            out.drainHandler(drained -> from.resume());
        }
    }

    private void finish() {
        AsyncFile out = file;
        if (over || !ended || !fileEnded) {
            return;
        }
        if (out == null) {
            whole();
            return;
        }
        file = null;
        out.close().onComplete(closed -> {
            if (closed.failed()) {
                refuse(DiskProblems.notWritten(closed.cause()).problem());
            } else if (!over) {
                whole();
            }
        });
    }

    private void whole() {
        over = true;
        Map<String, String> fields = new LinkedHashMap<>();
        request.formAttributes().forEach(fields::putIfAbsent);
        whenWhole.accept(new Form(fields, fileName, upload));
    }

    /** The rest is not wanted, or will not come. */
    private boolean giveUp() {
        if (over) {
            return false;
        }
        over = true;
        close();
        return true;
    }

    private void refuse(Problem problem) {
        if (giveUp()) {
            whenRefused.accept(new ProblemException(problem));
        }
    }

    private void close() {
        if (opening) {
            return;
        }
        AsyncFile out = file;
        file = null;
        if (out == null) {
            upload.close();
        } else {
            out.close().onComplete(closed -> upload.close());
        }
    }
}
