package dev.tokapu.contract;

import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Grammars and patterns that are wrong, or that would crash, hang or fill the memory of who trusts them. */
final class HostileInputs {

    enum Kind {
        GRAMMAR,
        PATTERN
    }

    /**
     * One input.
     *
     * @param refused whether it must be refused; otherwise it may as well work
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Input(Kind kind, String name, boolean refused, byte[] text) {
        @Override
        public String toString() {
            return kind + " " + name;
        }
    }

    private static final int MANY = 100_000;

    private HostileInputs() {}

    static Stream<Input> all() {
        return Stream.of(malformedGrammars(), largeGrammars(), patterns()).flatMap(stream -> stream);
    }

    private static Input refused(Kind kind, String name, String text) {
        return new Input(kind, name, true, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Input any(Kind kind, String name, String text) {
        return new Input(kind, name, false, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Input bytes(Kind kind, String name, int... bytes) {
        byte[] text = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            text[i] = (byte) bytes[i];
        }
        return new Input(kind, name, true, text);
    }

    private static String counted(int n, String separator, IntFunction<String> item) {
        return IntStream.range(0, n).mapToObj(item).collect(Collectors.joining(separator));
    }

    private static Stream<Input> malformedGrammars() {
        Kind g = Kind.GRAMMAR;
        return Stream.of(
                refused(g, "empty", ""),
                refused(g, "llguidance", "%llguidance {}\nstart: /a/"),
                refused(g, "NUL", "root ::= \"a\0b\""),
                refused(g, "only NUL", "\0\0\0"),
                bytes(g, "invalid UTF-8", 'r', 'o', 'o', 't', ' ', ':', ':', '=', ' ', '"', 0xC3, '"'),
                bytes(g, "overlong UTF-8", 'r', 'o', 'o', 't', ' ', ':', ':', '=', ' ', '"', 0xC0, 0x80, '"'),
                bytes(g, "half a surrogate", 'r', 'o', 'o', 't', ' ', ':', ':', '=', '"', 0xED, 0xA0, 0x80, '"'),
                bytes(
                        g,
                        "UTF-8 that swallows a quote",
                        'r',
                        'o',
                        'o',
                        't',
                        ' ',
                        ':',
                        ':',
                        '=',
                        ' ',
                        '[',
                        0xF0,
                        ']',
                        '('),
                refused(g, "no rule", "nonsense"),
                refused(g, "unfinished literal", "root ::= \"a"),
                refused(g, "unfinished class", "root ::= [a-"),
                refused(g, "unfinished escape", "root ::= \"\\"),
                refused(g, "unknown escape", "root ::= \"\\z\""),
                refused(g, "unbalanced", "root ::= ((\"a\")"),
                refused(g, "undefined rule", "root ::= other"),
                refused(g, "no root", "other ::= \"a\""),
                refused(g, "left recursion", "root ::= root \"a\" | \"a\""),
                refused(g, "hidden left recursion", "root ::= a? root \"x\"\na ::= \"a\""),
                refused(g, "indirectly empty repetition", "root ::= x*\nx ::= y*\ny ::= \"\""),
                refused(g, "empty group repeated", "root ::= ()+"),
                refused(g, "repeated optional", "root ::= (\"a\"? \"b\"?)*"),
                refused(g, "repetition backwards", "root ::= \"a\"{5,3}"),
                refused(g, "repetition backwards behind a comment", "root ::= (\"a\"{5#}\r,3})"),
                refused(g, "repetition overflows", "root ::= \"a\"{99999999999999999999}"),
                refused(g, "repetition without item", "root ::= | *"),
                refused(g, "token overflows", "root ::= <[4294967296]>"),
                refused(g, "token out of range", "root ::= <[2147483647]>"),
                refused(g, "token without end", "root ::= <[1"));
    }

    private static Stream<Input> largeGrammars() {
        Kind g = Kind.GRAMMAR;
        return Stream.of(
                refused(g, "deep", "root ::= " + "(".repeat(MANY)),
                refused(g, "deep behind a token", "root ::= <[5]> \"[\" " + "(".repeat(MANY)),
                refused(g, "deep and balanced", "root ::= " + "(".repeat(300) + "\"a\"" + ")".repeat(300)),
                refused(g, "too many bytes", "root ::= \"" + "a".repeat(2_000_000) + "\""),
                refused(g, "copies of a long literal", "root ::= \"" + "a".repeat(10_000) + "\"{2000}"),
                refused(g, "copies of copies", "root ::= \"a\"{2000}{2000}"),
                any(g, "nested copies", "root ::= (((\"a\"{100}){100}){100}){100}"),
                refused(g, "many optional copies", "root ::= " + "[a-z]{0,2000} ".repeat(1000)),
                refused(g, "many rules", counted(MANY / 10, "\n", i -> "r" + i + " ::= \"a\"")),
                refused(
                        g,
                        "long names copied",
                        "r".repeat(MANY) + " ::= " + "(\"a\")".repeat(1000) + "\nroot ::= \"a\""),
                refused(g, "many beginnings", "root ::= " + counted(MANY / 10, " | ", i -> "\"" + i + "\"")),
                refused(
                        g,
                        "beginnings that double",
                        "root ::= r0\n"
                                + counted(
                                        40, "\n", i -> "r" + i + " ::= r" + (i + 1) + " \"x\" | r" + (i + 1) + " \"y\"")
                                + "\nr40 ::= \"a\""),
                any(
                        g,
                        "a long chain of rules",
                        "root ::= r0\n" + counted(4000, "\n", i -> "r" + i + " ::= r" + (i + 1)) + "\nr4000 ::= \"a\""),
                any(g, "readings that double", "root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"d\""),
                any(g, "readings that add up", "root ::= [a-z]* [a-z]* [a-z]* [a-z]* [a-z]* \"!\""),
                any(g, "readings in a group", "root ::= ([a-z] | [a-z] [a-z] | [a-z]+)* \"!\""),
                any(g, "any text", "root ::= .*"),
                any(g, "text without end", "root ::= \"a\" root"),
                any(g, "many optional items", "root ::= " + "\"a\"? ".repeat(2000)));
    }

    private static Stream<Input> patterns() {
        Kind p = Kind.PATTERN;
        return Stream.of(
                refused(p, "unbalanced", "(a"),
                refused(p, "deep", "(".repeat(MANY)),
                refused(p, "long", "a".repeat(MANY)),
                refused(p, "back reference", "(a)\\1"),
                refused(p, "class without end", "[a"),
                refused(p, "huge count", "a{1,1000000000}"),
                refused(p, "counts of counts", "(((a{50}){50}){50}){50}"),
                refused(p, "closes what it did not open", "a)|(b"),
                any(p, "backtracks exponentially", "(a+)+$!"),
                any(p, "backtracks exponentially with alternatives", "(a|a)*!"),
                any(p, "nested stars", "((a*)*)*!"),
                any(p, "many options", "a?".repeat(100) + "!"),
                any(p, "looks ahead", "^(a(?!b))*!$"),
                any(p, "matches nothing", ""));
    }
}
