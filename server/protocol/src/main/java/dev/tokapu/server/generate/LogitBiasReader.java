package dev.tokapu.server.generate;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Biases of tokens: OpenAI's object of ids, or llama-server's pairs; texts stand for their tokens, and false for never. */
final class LogitBiasReader {

    private static final int MOST = 4096;
    private static final double MOST_BIAS = 100;
    private static final TokenizeOptions TEXT =
            TokenizeOptions.builder().addSpecial(false).parseSpecial(false).build();

    private final Vocab vocab;
    private final Map<Integer, Float> biases = new LinkedHashMap<>();

    private LogitBiasReader(Vocab vocab) {
        this.vocab = vocab;
    }

    static Map<Integer, Float> read(JsonValue value, Vocab vocab) {
        LogitBiasReader reader = new LogitBiasReader(vocab);
        if (value.isArray()) {
            reader.pairs(value);
        } else {
            reader.object(value);
        }
        return reader.biases;
    }

    private void object(JsonValue value) {
        JsonObject object = value.object();
        checkCount(object.names().size(), value);
        for (String name : object.names()) {
            float bias = bias(object.require(name));
            if (name.matches("-?[0-9]+")) {
                biases.put(id(name, value), bias);
            } else {
                text(name, bias);
            }
        }
    }

    private void pairs(JsonValue value) {
        List<JsonValue> all = value.elements();
        checkCount(all.size(), value);
        for (JsonValue one : all) {
            List<JsonValue> pair = one.elements();
            if (pair.size() != 2) {
                throw one.wrong("has " + pair.size() + " elements; give a token and its bias");
            }
            float bias = bias(pair.get(1));
            JsonValue token = pair.get(0);
            if (token.isText()) {
                text(token.text(), bias);
            } else {
                biases.put(token.integer(0, vocab.size() - 1), bias);
            }
        }
    }

    private static void checkCount(int count, JsonValue value) {
        if (count > MOST) {
            throw value.wrong("has " + count + " tokens; give at most " + MOST);
        }
    }

    private int id(String name, JsonValue value) {
        try {
            int token = Integer.parseInt(name);
            if (token >= 0 && token < vocab.size()) {
                return token;
            }
        } catch (NumberFormatException e) {
            // the same answer as to a token that is not there
        }
        throw value.wrong("names the token '" + name + "'; the vocabulary has the tokens 0 to " + (vocab.size() - 1));
    }

    private void text(String text, float bias) {
        for (int token : vocab.tokenize(text, TEXT)) {
            biases.put(token, bias);
        }
    }

    private static float bias(JsonValue value) {
        if (Boolean.FALSE.equals(value.value())) {
            return Float.NEGATIVE_INFINITY;
        }
        double bias = value.number(-MOST_BIAS, MOST_BIAS);
        return bias == -MOST_BIAS ? Float.NEGATIVE_INFINITY : (float) bias;
    }
}
