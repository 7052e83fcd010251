package dev.tokapu.benchmarks.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What one event of a streamed completion says.
 *
 * @param hasTokens whether it brings a piece of the answer, if an empty one: the piece of a control token, or of half a character
 * @param completionTokens the tokens of the whole answer where it tells them, else 0
 * @param error what went wrong, or the empty string
 */
record CompletionEvent(boolean hasTokens, int completionTokens, String error) {

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * Reads the JSON of an event. A last event with neither text nor tokens, but with the reason of the end, is no piece.
     *
     * @throws IOException if this is no JSON
     */
    static CompletionEvent parse(String json) throws IOException {
        boolean text = false;
        boolean choice = false;
        boolean finished = false;
        int tokens = 0;
        String error = "";
        try (JsonParser parser = JSON.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token != JsonToken.FIELD_NAME) {
                    continue;
                }
                switch (parser.currentName()) {
                    case "text" -> {
                        choice = true;
                        String piece = parser.nextTextValue();
                        text = piece != null && !piece.isEmpty();
                    }
                    case "finish_reason" -> finished = parser.nextToken() == JsonToken.VALUE_STRING;
                    case "completion_tokens" -> tokens = parser.nextIntValue(0);
                    case "error" -> error = parser.nextToken() == JsonToken.VALUE_NULL ? "" : json;
                    default -> {
                        // Not of interest.
                    }
                }
            }
        }
        return new CompletionEvent(choice && (text || !finished), tokens, error);
    }
}
