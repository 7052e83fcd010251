package dev.tokapu.server.batches;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Reads all requests of a batch before any is answered, and tells what is wrong with them. */
final class Validation {

    private static final int MOST_ERRORS = 100;
    private static final int LOOK = 1000;

    private final LineReader lines;
    private final String endpoint;
    private final int most;
    private final Map<String, Integer> seen = new HashMap<>(); // lines by custom_id
    private final List<LineError> errors = new ArrayList<>();

    Validation(LineReader lines, String endpoint, int most) {
        this.lines = lines;
        this.endpoint = endpoint;
        this.most = most;
    }

    /** Reads them, as long as that is wanted. */
    void run(BooleanSupplier wanted) throws IOException {
        while (errors.size() < MOST_ERRORS && (lines.number() % LOOK != 0 || wanted.getAsBoolean())) {
            try {
                byte @Nullable [] line = lines.next();
                if (line == null) {
                    break;
                }
                if (!BatchRequest.isBlank(line)) {
                    check(BatchRequest.read(line, lines.number(), endpoint));
                }
            } catch (ProblemException e) {
                errors.add(LineError.of(e.problem(), lines.number()));
            }
            if (seen.size() > most) {
                errors.add(LineError.of(
                        Problem.of(Kind.INVALID, "the file has more than " + most + " requests; split it")
                                .withCode("too_many_tasks"),
                        null));
                return;
            }
        }
        if (seen.isEmpty() && errors.isEmpty()) {
            errors.add(LineError.of(
                    Problem.of(Kind.INVALID, "the file has no requests").withCode("empty_file"), null));
        }
    }

    private void check(BatchRequest request) {
        Integer other = seen.putIfAbsent(request.customId(), request.line());
        if (other != null) {
            throw new ProblemException(
                    Problem.parameter("custom_id", "custom_id is that of line " + other + "; give each request its own")
                            .withCode("duplicate_custom_id"));
        }
    }

    /** How many requests there are. */
    int total() {
        return seen.size();
    }

    /** What is wrong. */
    List<LineError> errors() {
        return errors;
    }
}
