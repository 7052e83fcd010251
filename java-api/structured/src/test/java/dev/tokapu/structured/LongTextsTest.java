package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.validation.constraints.Pattern;
import java.math.BigInteger;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Texts that are long or deep, on a thread with a small stack: a value or a StructuredOutputException, never an Error. */
@Timeout(300)
class LongTextsTest {

    private static final long SMALL_STACK = 256 << 10;

    record Choice(@Pattern(regexp = "(a|b)*") String text) {}

    record Slug(
            @Pattern(regexp = "[a-z0-9]+(?:-[a-z0-9]+)*") String text) {}

    record Lines(@Pattern(regexp = "(.|\\n)*") String text) {}

    record Nested(@Pattern(regexp = "((a+)+)+b|(.*c){12}d") String text) {}

    record Deep(int value, @Nullable Deep next) {}

    record DeepList(List<DeepList> all) {}

    private interface Work {
        void run() throws Exception;
    }

    private static void onSmallStack(Work work) throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                },
                "small",
                SMALL_STACK);
        thread.start();
        thread.join();
        assertThat(failure.get()).isNull();
    }

    @Test
    void parse_longTexts_areRead() throws InterruptedException {
        byte[] bytes = new byte[100_000];
        URI uri = URI.create("https://example.org/" + "a".repeat(20_000));
        onSmallStack(() -> {
            assertThat(StructuredType.of(byte[].class)
                            .parse('"' + Base64.getEncoder().encodeToString(bytes) + '"'))
                    .isEqualTo(bytes);
            assertThat(StructuredType.of(URI.class).parse("\"" + uri + "\"")).isEqualTo(uri);
            assertThat(StructuredType.of(Choice.class)
                            .parse("{\"text\":\"" + "ab".repeat(20_000) + "\"}")
                            .text())
                    .hasSize(40_000);
            assertThat(StructuredType.of(Slug.class)
                            .parse("{\"text\":\"a" + "-b".repeat(20_000) + "\"}")
                            .text())
                    .hasSize(40_001);
            assertThat(StructuredType.of(Lines.class)
                            .parse("{\"text\":\"" + "b".repeat(100_000) + "\"}")
                            .text())
                    .hasSize(100_000);
        });
    }

    @Test
    void parse_longTextsThatDoNotFit_areRefused() throws InterruptedException {
        onSmallStack(() -> {
            assertRefused(byte[].class, '"' + "A".repeat(10_001) + '"');
            assertRefused(URI.class, "\"https://a/" + "b".repeat(10_000) + "\u00e4\"");
            assertRefused(Choice.class, "{\"text\":\"" + "ab".repeat(20_000) + "c\"}");
            // More than any stack holds.
            assertRefused(Choice.class, "{\"text\":\"" + "ab".repeat(5_000_000) + "\"}");
        });
    }

    /** A match by going back would take longer than anybody waits. */
    @Test
    void patternOfNestedRepetitions_isReadOrRefused() throws InterruptedException {
        onSmallStack(() -> {
            StructuredType<Nested> type = StructuredType.of(Nested.class);
            assertThat(type.parse("{\"text\":\"" + "a".repeat(50) + "b\"}").text())
                    .hasSize(51);
            for (String text : List.of("a".repeat(60), "c".repeat(200))) {
                assertThatExceptionOfType(StructuredOutputException.class)
                        .isThrownBy(() -> type.parse("{\"text\":\"" + text + "\"}"))
                        .withMessageContaining("without repetitions inside of repetitions");
                assertThatExceptionOfType(IllegalArgumentException.class)
                        .isThrownBy(() -> type.write(new Nested(text)))
                        .withMessageContaining("takes too long");
            }
        });
    }

    @Test
    void parse_deepTexts_areReadOrRefused() throws InterruptedException {
        for (int depth : new int[] {20, 100, 400, 900, 3000, 100_000}) {
            String deep = "{\"value\":1,\"next\":".repeat(depth) + "null" + "}".repeat(depth);
            String list = "{\"all\":[".repeat(depth) + "]}".repeat(depth);
            onSmallStack(() -> {
                assertReadOrRefused(Deep.class, deep, depth);
                assertReadOrRefused(DeepList.class, list, depth);
                assertReadOrRefused(Object.class, "[".repeat(depth) + "]".repeat(depth), depth);
            });
        }
    }

    @Test
    void write_deepValue_isTextOrIllegalArgument() throws InterruptedException {
        Deep deep = null;
        for (int i = 0; i < 20_000; i++) {
            deep = new Deep(i, deep);
        }
        Deep value = deep;
        onSmallStack(() -> assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> StructuredType.of(Deep.class).write(value)));
    }

    @Test
    void parse_hugeNumbers_areRefused() throws InterruptedException {
        onSmallStack(() -> {
            assertRefused(BigInteger.class, "1E999999");
            assertRefused(BigInteger.class, "9".repeat(5000));
            assertThat(StructuredType.of(BigInteger.class).parse("9".repeat(900)))
                    .isPositive();
        });
    }

    private static void assertRefused(Class<?> type, String text) {
        assertThatExceptionOfType(StructuredOutputException.class)
                .isThrownBy(() -> StructuredType.of(type).parse(text));
    }

    private static void assertReadOrRefused(Class<?> type, String text, int depth) {
        try {
            assertThat((Object) StructuredType.of(type).parse(text)).isNotNull();
        } catch (StructuredOutputException e) {
            assertThat(depth).isGreaterThan(100);
        }
    }
}
