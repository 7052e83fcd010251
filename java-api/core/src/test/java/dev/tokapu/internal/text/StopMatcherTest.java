package dev.tokapu.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopMatcherTest {

    @Test
    void feed_stopOverPieces_isHeldBackAndCut() {
        StopMatcher matcher = new StopMatcher(List.of("END"));
        StringBuilder out = new StringBuilder();
        assertThat(matcher.feed("abcE", out)).isFalse();
        assertThat(out.toString()).isEqualTo("abc");
        assertThat(matcher.feed("N", out)).isFalse();
        assertThat(out.toString()).isEqualTo("abc");
        assertThat(matcher.feed("Dxyz", out)).isTrue();
        assertThat(out.toString()).isEqualTo("abc");
        assertThat(matcher.isMatched()).isTrue();
    }

    @Test
    void feed_prefixThatIsNoStop_isReleased() {
        StopMatcher matcher = new StopMatcher(List.of("END"));
        StringBuilder out = new StringBuilder();
        matcher.feed("E", out);
        matcher.feed("NE", out);
        assertThat(out.toString()).isEqualTo("EN");
        matcher.finish(out);
        assertThat(out.toString()).isEqualTo("ENE");
    }

    @Test
    void feed_noStops_releasesAll() {
        StringBuilder out = new StringBuilder();
        assertThat(new StopMatcher(List.of()).feed("anything", out)).isFalse();
        assertThat(out.toString()).isEqualTo("anything");
    }

    @Test
    void create_emptyStop_throws() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StopMatcher(List.of("a", "")));
    }

    @Test
    void feed_randomTextAndPieces_equalsNaiveSearch() {
        Random random = new Random(3);
        for (int n = 0; n < 30_000; n++) {
            String text = randomText(random, random.nextInt(30));
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                stops.add(randomText(random, 1 + random.nextInt(5)));
            }
            assertThat(streamed(text, stops, random))
                    .as("%s with stops %s", text, stops)
                    .isEqualTo(naive(text, stops));
        }
    }

    private static String randomText(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("ab\n".charAt(random.nextInt(3)));
        }
        return text.toString();
    }

    private static String streamed(String text, List<String> stops, Random random) {
        StopMatcher matcher = new StopMatcher(stops);
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(4));
            if (matcher.feed(text.substring(from, to), out)) {
                return out.toString();
            }
            from = to;
        }
        matcher.finish(out);
        return out.toString();
    }

    private static String naive(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String head = text.substring(0, end);
            int longest = 0;
            for (String stop : stops) {
                if (head.endsWith(stop)) {
                    longest = Math.max(longest, stop.length());
                }
            }
            if (longest > 0) {
                return head.substring(0, end - longest);
            }
        }
        return text;
    }
}
