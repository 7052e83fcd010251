package dev.tokapu.server.ollama;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.server.generate.AnswerFormat;
import dev.tokapu.server.generate.SamplingReader;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.text.GenerationOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an answer is generated: Ollama's {@code options} and {@code format}. */
final class OptionsReader {

    /** Of num_predict: as many tokens as there is room for. */
    private static final int UNTIL_FULL = -2;

    private OptionsReader() {}

    static GenerationOptions read(JsonObject body, ServedModel model) {
        JsonObject given = body.object("options");
        JsonObject options = given == null ? new JsonValue(Map.of(), "options").object() : given;
        Integer limit = options.integer("num_predict", UNTIL_FULL, Integer.MAX_VALUE);
        checkContext(options, model);
        GenerationOptions result = SamplingReader.read(
                options, model.engine().model().vocab(), limit == null || limit <= 0 ? null : limit, "stop");
        options.rejectUnknown(Ignored.OPTIONS);
        return result;
    }

    /** The size of a sequence is the engine's; a smaller one is no harm, a greater one would be a promise. */
    static void checkContext(JsonObject options, ServedModel model) {
        JsonValue wanted = options.get("num_ctx");
        int size = model.engine().sequenceContextSize();
        if (wanted != null && wanted.integer(1, Integer.MAX_VALUE) > size) {
            throw wanted.wrong("is " + wanted.value() + ", more than the " + size
                    + " tokens that the server was started with; leave it out, or have the server started with more");
        }
    }

    /** The grammar of the answer; null for anything. */
    static @Nullable Grammar format(JsonObject body) {
        JsonValue format = body.get("format");
        if (format == null) {
            return null;
        }
        if (format.isText()) {
            return format.oneOf("", "json").isEmpty() ? null : AnswerFormat.anyObject();
        }
        return AnswerFormat.schema(format);
    }
}
