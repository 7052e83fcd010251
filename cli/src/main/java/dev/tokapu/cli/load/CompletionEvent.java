package dev.tokapu.cli.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What one event of a streamed completion says, of a chat or of a text.
 *
 * @param hasTokens whether it brings a piece of the answer, if an empty one: the piece of a control token, or of half a character
 * @param promptTokens the tokens of the prompt where it tells them, else 0
 * @param completionTokens the tokens of the whole answer where it tells them, else 0
 * @param error what went wrong, or the empty string
 */
public record CompletionEvent(boolean hasTokens, int promptTokens, int completionTokens, String error) {

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * Reads the JSON of an event. Neither the last event, with the reason of the end but no text, is a piece nor the first of a chat,
     * which tells the role.
     *
     * @throws IOException if this is no JSON
     */
    public static CompletionEvent parse(String json) throws IOException {
        boolean text = false;
        boolean choice = false;
        boolean finished = false;
        boolean role = false;
        int prompt = 0;
        int tokens = 0;
        String error = "";
        try (JsonParser parser = JSON.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token != JsonToken.FIELD_NAME) {
                    continue;
                }
                switch (parser.currentName()) {
                    case "text", "content", "reasoning_content", "reasoning" -> {
                        String piece = parser.nextTextValue();
                        choice |= piece != null;
                        text |= piece != null && !piece.isEmpty();
                    }
                    case "role" -> role = true;
                    case "finish_reason" -> finished = parser.nextToken() == JsonToken.VALUE_STRING;
                    case "prompt_tokens" -> prompt = parser.nextIntValue(0);
                    case "completion_tokens" -> tokens = parser.nextIntValue(0);
                    case "error" -> error = parser.nextToken() == JsonToken.VALUE_NULL ? "" : json;
                    default -> {
                        // Not of interest.
                    }
                }
            }
        }
        return new CompletionEvent(text || (choice && !finished && !role), prompt, tokens, error);
    }
}
