package dev.tokapu.server.batches;

import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.files.Expiry;
import dev.tokapu.server.files.FileStore;
import dev.tokapu.server.files.StoredFile;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a caller says of a new batch. */
final class BatchParameters {

    private static final int MOST_METADATA = 16;
    private static final int LONGEST_KEY = 64;
    private static final int LONGEST_VALUE = 512;

    private BatchParameters() {}

    /** Reads a request for a batch; {@code endpoints} are the ones that this server has. */
    static Batch read(
            JsonObject body,
            Caller caller,
            FileStore files,
            BatchLimits limits,
            List<String> endpoints,
            String id,
            long now) {
        JsonValue input = body.require("input_file_id");
        StoredFile file = files.find(input.text(), caller.tenant());
        if (file == null) {
            throw noFile(input.text());
        }
        if (!file.purpose().equals(StoredFile.BATCH)) {
            throw input.wrong("has the purpose " + file.purpose() + "; upload it with the purpose batch");
        }
        if (file.bytes() > limits.bytes()) {
            throw input.wrong("has " + file.bytes() + " bytes; a batch may have " + limits.bytes() + ", split it");
        }
        String endpoint = body.require("endpoint").oneOf(endpoints.toArray(String[]::new));
        body.require("completion_window").oneOf(BatchJson.WINDOW);
        Map<String, String> metadata = metadata(body);
        JsonValue expires = body.get("output_expires_after");
        long seconds = expires == null ? Expiry.USUAL : Expiry.read(expires);
        body.rejectUnknown(Set.of());
        return new Batch(
                id,
                caller.name(),
                caller.tenant(),
                endpoint,
                file.id(),
                metadata,
                seconds,
                BatchStatus.VALIDATING,
                Map.of(BatchStatus.VALIDATING, now),
                Batch.Counts.NONE,
                List.of(),
                null);
    }

    private static @Nullable Map<String, String> metadata(JsonObject body) {
        Map<String, String> metadata = BatchJson.metadata(body.object("metadata"));
        if (metadata != null
                && (metadata.size() > MOST_METADATA
                        || metadata.entrySet().stream()
                                .anyMatch(one -> one.getKey().length() > LONGEST_KEY
                                        || one.getValue().length() > LONGEST_VALUE))) {
            throw new JsonValue(metadata, "metadata")
                    .wrong("is too long; it may have " + MOST_METADATA + " names of " + LONGEST_KEY
                            + " characters, and values of " + LONGEST_VALUE);
        }
        return metadata;
    }

    static ProblemException noFile(String id) {
        return new ProblemException(
                Problem.of(Kind.INVALID, "there is no file '" + Problem.shown(id) + "'; it was deleted, or has expired")
                        .withParameter("input_file_id")
                        .withCode("file_not_found"));
    }
}
