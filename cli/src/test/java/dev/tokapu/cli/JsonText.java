package dev.tokapu.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads JSON with a parser that is not ours. */
final class JsonText {

    private JsonText() {}

    /** JSON pointers of all values; fails when the text is not exactly one value. */
    static Map<String, String> flat(String json) {
        Map<String, String> values = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    values.put(parser.getParsingContext().pathAsPointer().toString(), parser.getText());
                }
                if (parser.getParsingContext().inRoot()
                        && parser.getParsingContext().getEntryCount() > 1) {
                    throw new AssertionError("more than one JSON value: " + json);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + json, e);
        }
        return values;
    }
}
