package dev.tokapu.server.files;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.Form;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a form says of its file.
 *
 * @param seconds how long the file is kept; null where the form does not say
 */
record FileForm(
        Upload upload,
        String name,
        String purpose,
        @Nullable Long seconds) {

    private static final String EXPIRES = "expires_after";
    private static final int LONGEST_NAME = 255;

    static FileForm read(Exchange exchange) {
        Form form = exchange.form();
        if (form == null) {
            throw new ProblemException(Problem.of(
                            Problem.Kind.INVALID,
                            "the body must be a form, multipart/form-data, with 'file' and 'purpose'")
                    .withCode("invalid_form"));
        }
        Map<String, String> fields = new LinkedHashMap<>(form.fields());
        String name = form.fileName();
        if (name == null) {
            throw new JsonValue(null, Form.FILE).wrong("is missing; send it as a part with a file name");
        }
        String purpose = fields.remove("purpose");
        if (purpose == null) {
            throw new JsonValue(null, "purpose").wrong("is missing; it must be given");
        }
        new JsonValue(purpose, "purpose").oneOf("assistants", "batch", "fine-tune", "vision", "user_data", "evals");
        Long seconds = expiry(fields);
        if (!fields.isEmpty()) {
            String unknown = fields.keySet().iterator().next();
            throw new ProblemException(Problem.parameter(unknown, unknown + " is not supported here")
                    .withCode("unknown_parameter"));
        }
        return new FileForm(form.upload(), printable(name), purpose, seconds);
    }

    /** Clients send an object as fields of its members, or as JSON. */
    private static @Nullable Long expiry(Map<String, String> fields) {
        String json = fields.remove(EXPIRES);
        if (json != null) {
            return Expiry.read(new JsonValue(
                    JsonText.readObject(json.getBytes(StandardCharsets.UTF_8)).plain(), EXPIRES));
        }
        String anchor = fields.remove(EXPIRES + "[anchor]");
        String seconds = fields.remove(EXPIRES + "[seconds]");
        if (anchor == null && seconds == null) {
            return null;
        }
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("anchor", anchor);
        object.put("seconds", seconds != null && seconds.matches("\\d{1,15}") ? Long.valueOf(seconds) : seconds);
        return Expiry.read(new JsonValue(object, EXPIRES));
    }

    /** The last part of a path, without what could move a terminal's cursor. */
    private static String printable(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        String clean = last.codePoints()
                .limit(LONGEST_NAME)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '_' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return clean.isBlank() ? "file" : clean;
    }
}
