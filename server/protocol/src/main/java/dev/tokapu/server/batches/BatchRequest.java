package dev.tokapu.server.batches;

import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request of a batch.
 *
 * @param line where it is in the file, from 1
 * @param customId how its maker names it
 * @param body what is asked
 */
@SuppressWarnings("ArrayRecordComponent") // never changed
record BatchRequest(int line, String customId, byte[] body) {

    private static final int LONGEST_ID = 512;

    /**
     * Reads a line.
     *
     * @throws ProblemException that says what is wrong with it
     */
    static BatchRequest read(byte[] line, int number, String endpoint) {
        JsonObject json;
        try {
            json = JsonText.readObject(line);
        } catch (ProblemException e) {
            String message = e.problem().message().replace("the body", "the line");
            throw new ProblemException(Problem.of(Kind.INVALID, message).withCode("invalid_json_line"), e);
        }
        String id = json.require("custom_id").text();
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            throw wrong(
                    "custom_id", "has " + id.length() + " characters; it must have 1 to " + LONGEST_ID, "custom_id");
        }
        String method = json.require("method").text();
        if (!method.equals("POST")) {
            throw wrong("method", "is '" + Problem.shown(method) + "'; it must be POST", "method");
        }
        String url = json.require("url").text();
        if (!url.equals(endpoint)) {
            throw wrong(
                    "url", "is '" + Problem.shown(url) + "'; it must be the endpoint of the batch, " + endpoint, "url");
        }
        JsonObject body = json.require("body").object();
        if (body.flag("stream", false)) {
            throw wrong("body.stream", "is true; a batch has whole answers", "request");
        }
        json.rejectUnknown(Set.of());
        return new BatchRequest(number, id, JsonText.write(body.plain()));
    }

    private static ProblemException wrong(String parameter, String what, String code) {
        return new ProblemException(
                Problem.parameter(parameter, parameter + ' ' + what).withCode("invalid_" + code));
    }

    /** Whether a line has no request at all. */
    static boolean isBlank(byte @Nullable [] line) {
        if (line != null) {
            for (byte one : line) {
                if (one != ' ' && one != '\t' && one != '\r') {
                    return false;
                }
            }
        }
        return true;
    }
}
