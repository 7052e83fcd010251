package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.internal.util.Json;
import dev.tokapu.testsupport.Thorough;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Schemas that are wrong, or would hang a program that trusts them or fill its memory: an answer in bounded time. */
class HostileSchemasIT {

    /** Seconds are the worst on a machine of its own, several times that on one that others use too. */
    private static final Duration HANG = Duration.ofMinutes(2);

    private static final int MANY = 100_000;
    private static final int MUTATIONS = Thorough.cases(1500, 800, 400);
    private static final int TOKENS = 60;

    @TinyModel
    private static Model model;

    private static GrammarDriver driver;

    @BeforeAll
    static void load() {
        driver = new GrammarDriver(model);
    }

    static List<Arguments> schemas() {
        return Thorough.some(
                Stream.of(wrongSchemas(), patterns(), largeSchemas())
                        .flatMap(stream -> stream)
                        .toList(),
                20);
    }

    private static Arguments refused(String name, String schema) {
        return Arguments.of(name, true, schema);
    }

    /** May be refused or work. */
    private static Arguments any(String name, String schema) {
        return Arguments.of(name, false, schema);
    }

    private static String counted(int n, String separator, IntFunction<String> item) {
        return IntStream.range(0, n).mapToObj(item).collect(Collectors.joining(separator));
    }

    /** Whether it works. */
    private static boolean use(String schema, Random random) {
        try (SamplerChain chain = SamplerChain.of(model, Grammar.ofJsonSchema(schema), Sampler.greedy())) {
            driver.draw(chain, random, TOKENS, TOKENS);
            return true;
        } catch (GrammarException e) {
            return false;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schemas")
    void ofJsonSchema_hostile_givesAnAnswer(String name, boolean refused, String schema) {
        boolean works = assertTimeoutPreemptively(HANG, () -> use(schema, new Random(1)));
        assertThat(works && refused).as(name).isFalse();
    }

    @Test
    void ofJsonSchema_mutated_givesAnAnswer() {
        List<String> seeds = List.of(
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"string\",\"null\"],\"maxLength\":5},\"b\":{\"$ref\":\"#/$defs/x\"}},"
                        + "\"required\":[\"a\"],\"$defs\":{\"x\":{\"type\":\"integer\",\"minimum\":-5,\"maximum\":120}}}",
                "{\"anyOf\":[{\"enum\":[1,\"b\",null]},{\"type\":\"array\",\"items\":{\"type\":\"string\",\"pattern\":\"^[a-z]{2}(?=x)\\\\d*$\"},"
                        + "\"minItems\":1}],\"maxLength\":9,\"allOf\":[{\"$ref\":\"#/x\"}],\"x\":{\"minimum\":1.5e2,\"multipleOf\":0.01}}");
        Random random = new Random(11);
        int worked = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            String schema = mutated(seeds.get(random.nextInt(seeds.size())), random);
            worked += assertTimeoutPreemptively(HANG, () -> use(schema, random), schema) ? 1 : 0;
        }
        assertThat(worked).isBetween(MUTATIONS / 30, MUTATIONS - MUTATIONS / 30);
    }

    private static String mutated(String seed, Random random) {
        StringBuilder text = new StringBuilder(seed);
        for (int n = random.nextInt(3); n >= 0; n--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.setCharAt(at, "\"\\{}[]()|*+?,:#<>!-0 9\n".charAt(random.nextInt(22)));
                case 2 -> text.delete(at, end).append(' ');
                default -> text.insert(at, text.substring(at, end));
            }
        }
        return text.toString();
    }

    private static Stream<Arguments> wrongSchemas() {
        return Stream.of(
                refused("empty", ""),
                refused("no JSON", "{type: string}"),
                refused("cut off", "{\"type\":\"object\",\"properties\":{\"a\":"),
                refused("number", "5"),
                refused("array", "[]"),
                refused("null", "null"),
                refused("half a surrogate", "{\"const\":\"\\udc00\"}"),
                refused("unknown type", "{\"type\":\"text\"}"),
                refused("type of the wrong kind", "{\"type\":{\"a\":1}}"),
                refused("types of the wrong kind", "{\"type\":[\"string\",5]}"),
                refused("properties of the wrong kind", "{\"properties\":[1]}"),
                refused("property of the wrong kind", "{\"properties\":{\"a\":5}}"),
                refused("required of the wrong kind", "{\"required\":{\"a\":1}}"),
                refused("enum of the wrong kind", "{\"enum\":\"a\"}"),
                refused("enum of nothing", "{\"enum\":[]}"),
                refused("anyOf of nothing", "{\"anyOf\":[]}"),
                refused("pattern of the wrong kind", "{\"type\":\"string\",\"pattern\":5}"),
                refused("remote reference", "{\"$ref\":\"https://example.com/schema.json\"}"),
                refused("file reference", "{\"$ref\":\"file:///etc/passwd\"}"),
                refused("reference to nowhere", "{\"$ref\":\"#/$defs/a/b/c\"}"),
                refused("reference to itself", "{\"$ref\":\"#\"}"),
                refused(
                        "circle of references",
                        "{\"$ref\":\"#/a\",\"a\":{\"$ref\":\"#/b\"},\"b\":{\"anyOf\":[{\"$ref\":\"#/a\"}]}}"),
                refused("circle under allOf", "{\"allOf\":[{\"$ref\":\"#\"},{\"required\":[\"a\"]}]}"),
                refused("negative count", "{\"type\":\"string\",\"maxLength\":-1}"),
                refused("huge count", "{\"type\":\"array\",\"minItems\":1e300}"),
                refused("number too large for JSON", "{\"type\":\"integer\",\"minimum\":1e999}"),
                any("bounds beyond 64 bits", "{\"type\":\"integer\",\"minimum\":99999999999999999999}"),
                refused("bounds crossed", "{\"type\":\"integer\",\"minimum\":1,\"exclusiveMaximum\":1}"),
                any(
                        "outermost bounds",
                        "{\"type\":\"integer\",\"minimum\":-9223372036854775808,\"maximum\":9223372036854775807}"),
                any("bounds near the outermost", "{\"type\":\"integer\",\"minimum\":9223372036854775806}"),
                refused("bad pattern", "{\"type\":\"string\",\"pattern\":\"^((((a\"}"),
                any("pattern with quotes", "{\"type\":\"string\",\"pattern\":\"^.*\\\"[^x]$\"}"),
                any("NUL in a key", "{\"properties\":{\"a\\u0000b\":{}},\"required\":[\"a\\u0000b\"]}"),
                any(
                        "keys that look like grammar",
                        "{\"required\":[\"\\\"]^[-\\\\ ::= root\",\"root\",\"space\",\"char\",\"\"]}"),
                any("endless value", "{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}"));
    }

    private static Stream<Arguments> patterns() {
        return Stream.of(
                refused("nested groups", pattern("(".repeat(5000))),
                refused("long pattern", pattern("a".repeat(20_000))),
                refused("many look-aheads", pattern("(?=.*a)".repeat(500))),
                refused("many anchors", pattern("^".repeat(5000) + "a")),
                refused("look-aheads that multiply", pattern("(?=.*a.{40})(?=.*b.{40})(?=.*c.{40})(?=.*d.{40})x")),
                refused("states that double", pattern("a.{40}$")),
                any("counts of counts", pattern("^(((a{2,50}){2,50}){2,50})$")),
                refused(
                        "counts of counts, with a length",
                        "{\"maxLength\":1000,"
                                + pattern("^((a|b){2,50}c?){2,50}x").substring(1)),
                any("backtracks exponentially", pattern("(a+)+$")),
                any("nested stars", pattern("^((a*)*)*!$")),
                any("optional anchors", pattern("(^a?)?".repeat(30) + "x")),
                any(
                        "many properties of Unicode",
                        pattern("[" + counted(200, "", i -> "\\p{L}\\p{Nd}\\P{IsLatin}") + "]+")),
                any("long alternatives", pattern("^(" + counted(900, "|", i -> "word" + i) + ")$")),
                any("long alternatives anywhere", pattern(counted(200, "|", i -> "word" + i))));
    }

    private static String pattern(String regex) {
        return "{\"type\":\"string\",\"pattern\":" + Json.write(regex) + "}";
    }

    private static Stream<Arguments> largeSchemas() {
        return Stream.of(
                refused("deep", "{\"items\":".repeat(MANY)),
                refused("deep and balanced", "{\"items\":".repeat(100) + "{}" + "}".repeat(100)),
                refused("deep arrays", "{\"const\":" + "[".repeat(MANY)),
                refused("long key", "{\"properties\":{\"" + "k".repeat(1_000_000) + "\":{}}}"),
                refused("long reference", "{\"$ref\":\"#/" + "\u00e4".repeat(50_000) + "\"}"),
                refused("too many bytes", "{\"const\":\"" + "x".repeat(2_000_000) + "\"}"),
                refused(
                        "many optional properties",
                        "{\"properties\":{" + counted(500, ",", i -> "\"p" + i + "\":{}") + "}}"),
                refused("many properties", "{\"required\":[" + counted(5000, ",", i -> "\"p" + i + "\"") + "]}"),
                refused(
                        "many alternatives",
                        "{\"anyOf\":[" + counted(20_000, ",", i -> "{\"const\":" + i + "}") + "]}"),
                refused(
                        "references joined that double",
                        "{\"allOf\":[{\"$ref\":\"#/0\"},{\"required\":[\"a\"]}],"
                                + counted(
                                        15,
                                        ",",
                                        i -> "\"" + i + "\":{\"allOf\":[{\"$ref\":\"#/" + (i + 1) + "\"},{\"$ref\":\"#/"
                                                + (i + 1) + "\"}]}")
                                + ",\"15\":{\"allOf\":[{\"$ref\":\"#/0\"},{}]}}"),
                any(
                        "types that double",
                        "{\"type\":[\"object\",\"array\"],\"properties\":{\"a\":".repeat(20) + "{}" + "}}".repeat(20)),
                any(
                        "a chain of references",
                        "{\"$ref\":\"#/d/900\",\"d\":[{},"
                                + counted(900, ",", i -> "{\"items\":{\"$ref\":\"#/d/" + i + "\"}}") + "]}"),
                any(
                        "names that look alike",
                        "{\"required\":["
                                + counted(900, ",", i -> "\"\u00e4" + "\u00e4\u00f6".repeat(i % 30) + i + "\"") + "]}"),
                any(
                        "large counts",
                        "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"maxLength\":2000},\"maxItems\":2000}"),
                any("large enum", "{\"enum\":[" + counted(20_000, ",", Integer::toString) + "]}"));
    }
}
