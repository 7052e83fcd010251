package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts drawn from the grammars of schemas, validated by a library that knows nothing of grammars. */
class SchemaSamplingIT {

    private static final int SCHEMAS = 1000;
    private static final int TOKENS = 400;

    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private static Model model;
    private static GrammarDriver driver;

    @BeforeAll
    static void load() {
        model = TestModels.tiny();
        driver = new GrammarDriver(model);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static String schema(Random random, int depth) {
        return switch (random.nextInt(depth > 2 ? 9 : 13)) {
            case 0 -> "{\"type\":\"boolean\"}";
            case 1 -> "{\"type\":[\"null\",\"boolean\"]}";
            case 2 -> "{\"type\":\"number\"}";
            case 3 -> integer(random);
            case 4 -> "{\"enum\":[\"a\\\"b\",1,null,{\"x\":[2.5]},\"\\u00e4\\n\"]}";
            case 5 -> "{\"const\":{\"k\":[true,\"\\\\\"]}}";
            case 6 -> string(random);
            case 7 -> "{\"$ref\":\"#/$defs/one\"}";
            case 8 -> depth == 0 ? "{\"type\":\"string\"}" : "{\"$ref\":\"#/$defs/a_b\"}";
            case 9 -> "{\"anyOf\":[" + schema(random, depth + 1) + "," + schema(random, depth + 1) + "]}";
            case 10 -> array(random, depth);
            default -> object(random, depth);
        };
    }

    private static String integer(Random random) {
        long low = random.nextLong() >> random.nextInt(64);
        long high = low + (random.nextLong() >>> (1 + random.nextInt(63)));
        StringBuilder out = new StringBuilder("{\"type\":\"integer\"");
        if (random.nextBoolean()) {
            out.append(random.nextBoolean() ? ",\"minimum\":" : ",\"exclusiveMinimum\":")
                    .append(low / 2);
        }
        if (random.nextBoolean()) {
            out.append(random.nextBoolean() ? ",\"maximum\":" : ",\"exclusiveMaximum\":")
                    .append(Math.max(low / 2 + 2, high / 2));
        }
        return out.append('}').toString();
    }

    private static String string(Random random) {
        int min = random.nextInt(4);
        return switch (random.nextInt(6)) {
            case 0 -> "{\"type\":\"string\"}";
            case 1 -> "{\"type\":\"string\",\"minLength\":" + min + ",\"maxLength\":" + (min + random.nextInt(5)) + "}";
            case 2 -> "{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}-([0-9]+|x\\\\.y)?$\"}";
            case 3 -> "{\"type\":\"string\",\"pattern\":\"^(?:ab|c[d-f]{1,3})+ z?$\"}";
            case 4 -> "{\"type\":\"string\",\"minLength\":" + min + "}";
            default -> "{\"type\":\"string\",\"format\":\"uuid\"}";
        };
    }

    private static String array(Random random, int depth) {
        if (random.nextInt(3) == 0) {
            return "{\"prefixItems\":[" + schema(random, depth + 1) + "," + schema(random, depth + 1)
                    + "],\"minItems\":1,\"type\":\"array\"}";
        }
        int min = random.nextInt(3);
        return "{\"type\":\"array\",\"items\":" + schema(random, depth + 1) + ",\"minItems\":" + min + ",\"maxItems\":"
                + (min + random.nextInt(3)) + "}";
    }

    private static String object(Random random, int depth) {
        String[] names = {"a", "b-c", "\u00e4", "x\\\"y", "with space", "root", "a_b", "string"};
        List<String> properties = new ArrayList<>();
        List<String> required = new ArrayList<>();
        for (String name : names) {
            if (random.nextInt(3) == 0) {
                properties.add("\"" + name + "\":" + schema(random, depth + 1));
            }
            if (random.nextInt(8) == 0) {
                required.add("\"" + name + "\"");
            }
        }
        String more = switch (random.nextInt(4)) {
            case 0 -> ",\"additionalProperties\":{\"type\":\"integer\"}";
            case 1 -> ",\"additionalProperties\":true";
            default -> "";
        };
        String all = random.nextInt(6) == 0
                ? ",\"allOf\":[{\"required\":[\"extra\"]},{\"properties\":{\"extra\":{\"type\":\"boolean\"}}}]"
                : "";
        return "{\"type\":\"object\",\"properties\":{" + String.join(",", properties) + "},\"required\":["
                + String.join(",", required) + "]" + (all.isEmpty() ? more : all) + "}";
    }

    private static String withDefinitions(String schema, Random random) {
        return schema.substring(0, schema.length() - 1) + ",\"$defs\":{\"one\":"
                + schema(random, 3).replace("a_b", "end").replace("one", "end")
                + ",\"a_b\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/a-b\"},\"maxItems\":2}"
                + ",\"a-b\":" + integer(random) + ",\"end\":{\"type\":\"boolean\"}}}";
    }

    @Test
    void ofJsonSchema_thousandRandom_drawnTextsValidate() {
        Random random = new Random(17);
        int drawn = 0;
        for (int i = 0; i < SCHEMAS; i++) {
            String schema = withDefinitions(schema(random, 0), random);
            Grammar grammar = Grammar.ofJsonSchema(schema);
            Schema validator = REGISTRY.getSchema(schema);
            try (SamplerChain chain = SamplerChain.of(model, grammar, Sampler.greedy())) {
                String text = driver.draw(chain, random, 0, TOKENS);
                if (text != null) {
                    drawn++;
                    assertThat(validator.validate(text, InputFormat.JSON))
                            .as("%s from %s", text, schema)
                            .isEmpty();
                }
            }
        }
        assertThat(drawn).isGreaterThan(SCHEMAS * 8 / 10);
    }

    /** The keywords of docs/structured-output.md that are enforced, each by a text that its grammar forbids. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "type ~ {\"type\":\"integer\"} ~ 5 ~ 5.5",
                "enum ~ {\"enum\":[1,\"a\"]} ~ \"a\" ~ \"b\"",
                "const ~ {\"const\":[1]} ~ [1] ~ [2]",
                "properties ~ {\"properties\":{\"a\":{\"type\":\"null\"}}} ~ {\"a\":null} ~ {\"a\":1}",
                "required ~ {\"properties\":{\"a\":{}},\"required\":[\"a\"]} ~ {\"a\":1} ~ {}",
                "additionalProperties ~ {\"type\":\"object\",\"additionalProperties\":{\"type\":\"null\"}} ~ {\"x\":null} ~ {\"x\":1}",
                "items ~ {\"items\":{\"type\":\"null\"}} ~ [null] ~ [1]",
                "prefixItems ~ {\"prefixItems\":[{\"type\":\"null\"}]} ~ [null] ~ [1]",
                "minItems ~ {\"items\":{},\"minItems\":2} ~ [1,1] ~ [1]",
                "maxItems ~ {\"items\":{},\"maxItems\":1} ~ [1] ~ [1,1]",
                "minLength ~ {\"minLength\":2} ~ \"ab\" ~ \"a\"",
                "maxLength ~ {\"maxLength\":2} ~ \"ab\" ~ \"abc\"",
                "pattern ~ {\"pattern\":\"^[a-c]+$\"} ~ \"abc\" ~ \"abd\"",
                "format ~ {\"format\":\"date\"} ~ \"2026-01-31\" ~ \"2026-13-01\"",
                "minimum ~ {\"type\":\"integer\",\"minimum\":100} ~ 100 ~ 20",
                "maximum ~ {\"type\":\"integer\",\"maximum\":-5} ~ -5 ~ -05",
                "exclusiveMinimum ~ {\"type\":\"integer\",\"exclusiveMinimum\":7} ~ 8 ~ 7",
                "exclusiveMaximum ~ {\"type\":\"integer\",\"exclusiveMaximum\":7} ~ 6 ~ 7",
                "anyOf ~ {\"anyOf\":[{\"const\":1},{\"const\":2}]} ~ 2 ~ 3",
                "oneOf ~ {\"oneOf\":[{\"const\":1},{\"const\":2}]} ~ 2 ~ 3",
                "allOf ~ {\"allOf\":[{\"required\":[\"a\"]},{\"properties\":{\"b\":{\"type\":\"null\"}}}]} ~ {\"a\":1,\"b\":null} ~ {\"b\":null}",
                "$ref ~ {\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":{\"const\":1}}} ~ 1 ~ 2",
            })
    void ofJsonSchema_enforcedKeyword_forbidsWhatItSays(
            String keyword, String schema, String allowed, String forbidden) {
        Grammar grammar = Grammar.ofJsonSchema(schema);
        assertThat(schema).contains(keyword);
        assertThat(driver.accepts(grammar, allowed)).as(allowed).isTrue();
        assertThat(driver.accepts(grammar, forbidden)).as(forbidden).isFalse();
    }

    /** The keywords of docs/structured-output.md that are not enforced. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "minimum of number ~ {\"type\":\"number\",\"minimum\":5} ~ 1.5",
                "multipleOf ~ {\"type\":\"integer\",\"multipleOf\":5} ~ 3",
                "uniqueItems ~ {\"items\":{},\"uniqueItems\":true} ~ [1,1]",
                "contains ~ {\"items\":{},\"contains\":{\"const\":5}} ~ [1]",
                "minProperties ~ {\"type\":\"object\",\"minProperties\":3} ~ {}",
                "patternProperties ~ {\"patternProperties\":{\"^a\":{\"type\":\"null\"}}} ~ {\"a\":1}",
                "not ~ {\"not\":{\"type\":\"null\"}} ~ null",
                "if ~ {\"type\":\"integer\",\"if\":{\"minimum\":5},\"then\":{\"multipleOf\":2}} ~ 7",
                "pattern without anchors ~ {\"pattern\":\"a|b\"} ~ \"c\"",
                "maxLength above 2000 ~ {\"maxLength\":2001} ~ \"c\"",
            })
    void ofJsonSchema_keywordThatIsNotEnforced_isLeftOut(String keyword, String schema, String text) {
        assertThat(driver.accepts(Grammar.ofJsonSchema(schema), text))
                .as(keyword)
                .isTrue();
    }
}
