package dev.tokapu.benchmarks.prefix;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.stream.IntStream;

/**
 * What one event of llama-server's {@code /completion} says.
 *
 * @param tokens the tokens that it brings; not to be changed
 * @param isLast whether the answer is complete
 * @param cachedTokens in the last one, tokens of the prompt that the slot had
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once
record ServerEvent(int[] tokens, boolean isLast, int cachedTokens) {

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * Reads the JSON of an event.
     *
     * @throws IOException if this is no JSON, or an error
     */
    static ServerEvent parse(String json) throws IOException {
        IntStream.Builder tokens = IntStream.builder();
        boolean last = false;
        int cached = 0;
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "tokens" -> {
                        while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                            tokens.add(parser.getIntValue());
                        }
                    }
                    case "stop" -> last = value == JsonToken.VALUE_TRUE;
                    case "timings" -> cached = cachedTokens(parser);
                    case "error" -> throw new IOException("llama-server failed: " + json);
                    default -> parser.skipChildren();
                }
            }
        }
        return new ServerEvent(tokens.build().toArray(), last, cached);
    }

    private static int cachedTokens(JsonParser parser) throws IOException {
        int cached = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = parser.currentName().equals("cache_n");
            parser.nextToken();
            cached = wanted ? parser.getIntValue() : cached;
            parser.skipChildren();
        }
        return cached;
    }
}
