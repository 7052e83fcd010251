package dev.tokapu.structured;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.tokapu.exception.TokapuException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks texts against a schema, by another library than the one that makes grammars.
 *
 * <p>Thread safety: safe.
 */
final class AnswerCheck {

    /** Deeper texts need a stack of their own. */
    private static final int SHALLOW = 30;

    private static final int MAX_EXPONENT_DIGITS = 3;

    private final Schema schema;

    AnswerCheck(JsonNode schema) {
        SchemaRegistryConfig config = SchemaRegistryConfig.builder()
                .regularExpressionFactory(SafePattern.FACTORY)
                .locale(Locale.ENGLISH)
                .build();
        this.schema = SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12, builder -> builder.schemaRegistryConfig(config))
                .getSchema(schema);
    }

    /**
     * What was found out about a text.
     *
     * @param problem what is wrong with it; null when it fits the schema
     * @param deep whether it needs a stack of its own
     */
    record Result(@Nullable String problem, boolean deep) {}

    Result check(String text) {
        int depth;
        try {
            depth = depth(text);
        } catch (JsonProcessingException e) {
            return wrong("it is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return wrong("it is no JSON: " + e.getMessage());
        } catch (TooLargeException e) {
            return wrong("it holds a number that is too large: " + e.getMessage());
        }
        if (depth < 0) {
            return wrong("it is empty");
        }
        boolean deep = depth > SHALLOW;
        try {
            return new Result(deep ? DeepStack.call(() -> validate(text)) : validate(text), deep);
        } catch (DeepStack.ExhaustedException e) {
            return wrong("it is too long or too deep to be checked");
        } catch (SafePattern.TooSlowException e) {
            return wrong("it cannot be checked: " + e.getMessage());
        }
    }

    private static Result wrong(String problem) {
        return new Result(problem, false);
    }

    private @Nullable String validate(String text) {
        JsonNode tree;
        try {
            tree = Jackson.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            return "it is no JSON: " + e.getOriginalMessage();
        }
        List<Error> errors = schema.validate(tree);
        return errors.isEmpty()
                ? null
                : errors.stream().limit(3).map(AnswerCheck::describe).collect(Collectors.joining("; "));
    }

    private static String describe(Error error) {
        String place = error.getInstanceLocation().toString();
        return place.isEmpty() ? error.getMessage() : place + ": " + error.getMessage();
    }

    private static final class TooLargeException extends TokapuException {

        private static final long serialVersionUID = 1L;

        TooLargeException(String number) {
            super(number);
        }
    }

    /** How deep the one value of a text nests, from 0; -1 for no value. */
    private static int depth(String text) throws IOException {
        try (JsonParser parser = Jackson.MAPPER.createParser(text)) {
            int depth = -1;
            int open = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (open == 0 && depth >= 0) {
                    throw new JsonEndException(parser);
                }
                if (token.isStructStart()) {
                    open++;
                } else if (token.isStructEnd()) {
                    open--;
                } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                    checkExponent(parser.getText());
                }
                depth = Math.max(depth, open);
            }
            return depth;
        }
    }

    private static final class JsonEndException extends JsonProcessingException {

        private static final long serialVersionUID = 1L;

        JsonEndException(JsonParser parser) {
            super("something follows the value", parser.currentTokenLocation());
        }
    }

    /** A number of more digits than that has takes minutes to be computed with. */
    private static void checkExponent(String number) {
        int exponent = Math.max(number.indexOf('e'), number.indexOf('E'));
        if (exponent >= 0) {
            int from = "+-".indexOf(number.charAt(exponent + 1)) >= 0 ? exponent + 2 : exponent + 1;
            if (number.length() - from > MAX_EXPONENT_DIGITS) {
                String start = number.length() > 40 ? number.substring(0, 40) + "..." : number;
                throw new TooLargeException(start + " has an exponent of more than three digits");
            }
        }
    }
}
