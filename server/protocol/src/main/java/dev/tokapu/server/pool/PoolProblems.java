package dev.tokapu.server.pool;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;

/** Why a model cannot be used. */
final class PoolProblems {

    private static final String NO_ROOM = "model_no_room";
    private static final Duration RETRY = Duration.ofSeconds(5);

    private PoolProblems() {}

    static ProblemException closed() {
        return new ProblemException(
                Problem.of(Kind.UNAVAILABLE, "the server is closing").withCode("closing"));
    }

    static ProblemException gone(String name) {
        return new ProblemException(Problem.of(Kind.NOT_FOUND, "the model '" + name + "' is no longer served")
                .withCode("model_not_found"));
    }

    static ProblemException noRoom(String name, String shortage) {
        return new ProblemException(
                Problem.of(Kind.UNAVAILABLE, "there is no room for the model '" + name + "' now: " + shortage)
                        .withCode(NO_ROOM)
                        .withRetryAfter(RETRY));
    }

    /** It has failed, and some answers have not come to their end yet. */
    static ProblemException broken(String name) {
        return new ProblemException(
                Problem.of(Kind.UNAVAILABLE, "the model '" + name + "' has failed and is about to be loaded again")
                        .withCode(NO_ROOM)
                        .withRetryAfter(RETRY));
    }

    static boolean isAboutRoom(Problem problem) {
        return NO_ROOM.equals(problem.code());
    }

    static ProblemException of(String name, Throwable failure) {
        if (failure instanceof ProblemException problem) {
            return problem;
        }
        String message = failure.getMessage();
        return new ProblemException(
                Problem.of(
                                Kind.INTERNAL,
                                "the model '" + name + "' cannot be loaded: "
                                        + (message == null ? failure.toString() : message))
                        .withCode("model_load_failed"),
                failure);
    }
}
