package dev.tokapu.server.http;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A body of the type {@code multipart/form-data} that has arrived whole.
 *
 * <p>Thread safety: immutable.
 *
 * @param fields its values without a file name, by name
 * @param fileName the name of its file as the client sent it, unchecked; null when it has none
 * @param upload where its file is
 * @since 0.1
 */
public record Form(Map<String, String> fields, @Nullable String fileName, Upload upload) {

    /** The name of the field with the file. */
    public static final String FILE = "file";

    /** Checks the values. */
    public Form {
        fields = Map.copyOf(fields);
        Objects.requireNonNull(upload, "upload");
    }
}
