package dev.tokapu.server.llamacpp;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Prompts of /completion: a text, tokens and texts in turn, an object with a text, or a list of these. */
final class PromptReader {

    private static final int MOST_PROMPTS = 128;

    private final Vocab vocab;
    private final boolean parseSpecial;

    PromptReader(Vocab vocab, boolean parseSpecial) {
        this.vocab = vocab;
        this.parseSpecial = parseSpecial;
    }

    List<int[]> read(JsonValue prompt) {
        List<JsonValue> all = isOne(prompt) ? List.of(prompt) : prompt.elements();
        if (all.isEmpty() || all.size() > MOST_PROMPTS) {
            throw prompt.wrong("has " + all.size() + " prompts; give 1 to " + MOST_PROMPTS);
        }
        return all.stream().map(this::tokens).toList();
    }

    /** An array with a number in it is one prompt. */
    private static boolean isOne(JsonValue prompt) {
        return !prompt.isArray() || prompt.elements().stream().anyMatch(JsonValue::isNumber);
    }

    private int[] tokens(JsonValue prompt) {
        int[] tokens;
        if (prompt.isArray()) {
            List<JsonValue> parts = prompt.elements();
            tokens = IntStream.range(0, parts.size())
                    .flatMap(i -> IntStream.of(part(parts.get(i), i == 0)))
                    .toArray();
        } else {
            tokens = vocab.tokenize(text(prompt), options(true));
        }
        if (tokens.length == 0) {
            throw prompt.wrong("has no tokens; give at least one character");
        }
        return tokens;
    }

    /** A token, or those of a text; what begins a text of the model begins the first part alone. */
    private int[] part(JsonValue part, boolean first) {
        return part.isText()
                ? vocab.tokenize(part.text(), options(first))
                : new int[] {part.integer(0, vocab.size() - 1)};
    }

    private static String text(JsonValue prompt) {
        if (prompt.isText()) {
            return prompt.text();
        }
        JsonObject object = prompt.object();
        String text = object.require("prompt_string").text();
        JsonValue media = object.get("multimodal_data");
        if (media != null) {
            throw media.wrong("cannot be read; models read text alone here, leave it out");
        }
        object.rejectUnknown(Set.of());
        return text;
    }

    private TokenizeOptions options(boolean addSpecial) {
        return TokenizeOptions.builder()
                .addSpecial(addSpecial)
                .parseSpecial(parseSpecial)
                .build();
    }
}
