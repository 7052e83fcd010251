package dev.tokapu.sampling;

import dev.tokapu.internal.Native;
import dev.tokapu.internal.NativeRuntime;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeConstants;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Removes the candidates that a grammar does not allow at this point.
 *
 * <p>llama.cpp: {@code llama_sampler_init_grammar}; the notation is GBNF, described in llama.cpp's {@code grammars/README.md}.
 * A grammar that is malformed or exceeds the limits of {@code docs/structured-output.md} is a
 * {@link dev.tokapu.GrammarException} when the chain is built.
 *
 * <p>Thread safety: immutable.
 *
 * @param gbnf the rules
 * @param root name of the rule to start with, usually {@code root}
 * @since 0.1
 */
public record Grammar(String gbnf, String root) implements Sampler {

    private static final String ROOT = "root";
    private static final int FIRST_CAPACITY = 16 * 1024;

    /** Checks the values. */
    public Grammar {
        Checks.notBlank("gbnf", gbnf);
        Checks.notBlank("root", root);
    }

    /**
     * The grammar whose texts are the JSON values of a JSON Schema. Required properties come first, then the others that
     * the schema defines. Some keywords cannot be enforced by a grammar, for example {@code uniqueItems} or the bounds of a
     * {@code number}; {@code docs/structured-output.md} lists them: validate the finished text where they matter.
     *
     * <p>llama.cpp: {@code json_schema_to_grammar}. Loads the native library.
     *
     * @param schemaJson the schema, at most 1 MiB
     * @return the grammar
     * @throws dev.tokapu.GrammarException when the schema is malformed, allows no value, refers to other documents or is too
     *     large
     * @throws dev.tokapu.NativeLibraryException when the native library cannot be loaded
     */
    public static Grammar ofJsonSchema(String schemaJson) {
        byte[] schema = Native.utf8(schemaJson);
        NativeApi api = NativeRuntime.api();
        byte[] buf = new byte[FIRST_CAPACITY];
        int[] length = new int[1];
        int status = api.jsonSchemaToGrammar(schema, buf, length);
        if (status == NativeConstants.ERROR_BUFFER) {
            buf = new byte[length[0]];
            status = api.keptText(buf, length);
        }
        Native.check(api, status, "making a grammar", "JSON schema");
        return new Grammar(new String(buf, 0, length[0], StandardCharsets.UTF_8), ROOT);
    }

    /**
     * The grammar whose texts match a regular expression as a whole, as with {@link java.util.regex.Matcher#matches()}.
     * Characters, escapes, classes, {@code .}, groups, alternatives and greedy quantifiers are supported;
     * {@code docs/structured-output.md} has the list. Anchors are allowed at the ends, where they say nothing.
     *
     * @param regex the regular expression, in the syntax of {@link java.util.regex.Pattern}
     * @return the grammar
     * @throws IllegalArgumentException when it is malformed, or holds something that no grammar can say (look-around, references
     *     to groups, word boundaries, flags); the message has the index
     */
    public static Grammar ofRegex(String regex) {
        return new Grammar(RegexGrammar.translate(regex), ROOT);
    }

    /**
     * The grammar whose texts are exactly these.
     *
     * @param choices the texts, at least one
     * @return the grammar
     */
    public static Grammar ofChoices(String... choices) {
        return ofChoices(List.of(choices));
    }

    /**
     * The grammar whose texts are exactly these.
     *
     * @param choices the texts, at least one
     * @return the grammar
     */
    public static Grammar ofChoices(List<String> choices) {
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("there is no text to choose; give at least one");
        }
        String alternatives = choices.stream().distinct().map(GbnfText::literal).collect(Collectors.joining(" | "));
        return new Grammar(ROOT + " ::= " + alternatives + "\n", ROOT);
    }
}
