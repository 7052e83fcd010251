package dev.tokapu.server.openai;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.server.json.JsonValue;
import java.util.List;

/** Prompts as texts or as tokens. */
final class PromptReader {

    private PromptReader() {}

    /** A text, tokens, or a list of either. */
    static List<JsonValue> prompts(JsonValue prompt, int most) {
        List<JsonValue> all = prompt.isArray() && !isTokens(prompt) ? prompt.elements() : List.of(prompt);
        if (all.isEmpty() || all.size() > most) {
            throw prompt.wrong("has " + all.size() + " prompts; give 1 to " + most);
        }
        return all;
    }

    private static boolean isTokens(JsonValue value) {
        return value.elements().stream().findFirst().map(JsonValue::isNumber).orElse(false);
    }

    /** The tokens of one of them. */
    static int[] tokens(JsonValue prompt, Vocab vocab, TokenizeOptions options) {
        int[] tokens = prompt.isArray()
                ? prompt.elements().stream()
                        .mapToInt(token -> token.integer(0, vocab.size() - 1))
                        .toArray()
                : vocab.tokenize(prompt.text(), options);
        if (tokens.length == 0) {
            throw prompt.wrong("has no tokens; give at least one character");
        }
        return tokens;
    }
}
