package dev.tokapu.server;

import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;

/** Answers a request before all of it has come, and ends the connection. */
final class Refusal {

    private static final long LINGER_MILLIS = 2000;

    private Refusal() {}

    /**
     * Answers. What comes after that is dropped for a while: a client that is still sending would not read the answer if the connection were
     * closed under its hands.
     */
    static void send(Vertx vertx, HttpServerRequest request, Problem problem) {
        HttpConnection connection = request.connection();
        boolean ended = request.isEnded();
        if (!ended) {
            request.endHandler(end -> connection.close());
        }
        request.response()
                .setStatusCode(problem.kind().status())
                .putHeader("content-type", "application/json")
                .putHeader("connection", "close")
                .end(Buffer.buffer(OpenAiErrors.body(problem)))
                .onComplete(sent -> {
                    if (ended || request.isEnded()) {
                        connection.close();
                    } else {
                        vertx.setTimer(LINGER_MILLIS, late -> connection.close());
                    }
                });
    }
}
