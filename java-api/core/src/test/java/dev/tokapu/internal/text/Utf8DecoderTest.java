package dev.tokapu.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Corpus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8DecoderTest {

    @Test
    void feed_characterSplitOverPieces_comesOutWhole() {
        Utf8Decoder decoder = new Utf8Decoder();
        byte[] emoji = "\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            decoder.feed(new byte[] {emoji[i]}, 1, out);
            assertThat(out).isEmpty();
            assertThat(decoder.isPending()).isTrue();
        }
        decoder.feed(new byte[] {emoji[3]}, 1, out);
        assertThat(out.toString()).isEqualTo("\ud83d\ude00");
        assertThat(decoder.isPending()).isFalse();
    }

    @Test
    void feed_corpusInRandomPieces_equalsTheText() {
        Random random = new Random(1);
        for (String text : Corpus.strings()) {
            assertThat(decode(text.getBytes(StandardCharsets.UTF_8), random)).isEqualTo(text);
        }
    }

    @Test
    void feed_randomBytes_equalsJavaString() {
        Random random = new Random(2);
        byte[] alphabet = {
            'a',
            (byte) 0xC3,
            (byte) 0xA9,
            (byte) 0xE4,
            (byte) 0xB8,
            (byte) 0xAD,
            (byte) 0xF0,
            (byte) 0x9F,
            (byte) 0x98,
            (byte) 0x80,
            (byte) 0xFF,
            (byte) 0xED,
            (byte) 0xA0,
            (byte) 0xF4,
            (byte) 0x90,
            0
        };
        for (int n = 0; n < 20_000; n++) {
            byte[] bytes = new byte[random.nextInt(12)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(alphabet.length)];
            }
            assertThat(decode(bytes, random)).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    @Test
    void finish_insideCharacter_givesOneReplacement() {
        Utf8Decoder decoder = new Utf8Decoder();
        StringBuilder out = new StringBuilder();
        decoder.feed(new byte[] {'a', (byte) 0xF0, (byte) 0x9F, (byte) 0x98}, 4, out);
        decoder.finish(out);
        assertThat(out.toString()).isEqualTo("a\ufffd");
        decoder.feed(new byte[] {'b'}, 1, out);
        assertThat(out.toString()).isEqualTo("a\ufffdb");
    }

    @Test
    void feed_longerThanBuffers_isComplete() {
        String text = "\u4e2d\u6587".repeat(5000);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder();
        new Utf8Decoder().feed(bytes, bytes.length, out);
        assertThat(out.toString()).isEqualTo(text);
    }

    private static String decode(byte[] bytes, Random random) {
        Utf8Decoder decoder = new Utf8Decoder();
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (from < bytes.length) {
            int to = Math.min(bytes.length, from + random.nextInt(4));
            byte[] piece = Arrays.copyOfRange(bytes, from, to);
            decoder.feed(piece, piece.length, out);
            from = to;
        }
        decoder.finish(out);
        return out.toString();
    }
}
