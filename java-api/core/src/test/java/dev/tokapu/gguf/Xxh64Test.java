package dev.tokapu.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Xxh64Test {

    /** The published values of the function. */
    @Test
    void value_knownTexts_isTheKnownHash() {
        assertThat(hash("")).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(hash("a")).isEqualTo(0xD24EC4F1A98C6E5BL);
        assertThat(hash("abc")).isEqualTo(0x44BC2CF5AD770999L);
    }

    private static long hash(String text) {
        Xxh64 hash = new Xxh64();
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        hash.update(bytes, 0, bytes.length);
        return hash.value();
    }

    @Test
    void update_inPieces_isTheSameHash() {
        Random random = new Random(1);
        byte[] bytes = new byte[1000];
        random.nextBytes(bytes);
        Xxh64 whole = new Xxh64();
        whole.update(bytes, 0, bytes.length);
        for (int i = 0; i < 50; i++) {
            Xxh64 pieces = new Xxh64();
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(bytes.length - at, 1 + random.nextInt(90));
                pieces.update(bytes, at, length);
                at += length;
            }
            assertThat(pieces.value()).isEqualTo(whole.value());
        }
    }
}
