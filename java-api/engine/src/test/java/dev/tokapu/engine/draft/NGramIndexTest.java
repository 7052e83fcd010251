package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NGramIndexTest {

    @Test
    void next_isWhatFollowedTheLastTime_orNothing() {
        NGramIndex index = new NGramIndex(2, new int[] {5, 6, 7}, 0);
        assertThat(index.next()).isEqualTo(-1);
        index.add(5);
        index.add(6);
        assertThat(index.next()).isEqualTo(7);
        index.add(8);
        assertThat(index.next()).isEqualTo(-1);
    }

    private static int[] continuation(NGramIndex index, int most) {
        int[] target = new int[most];
        int found = index.continuation(target, most);
        return Arrays.copyOf(target, found);
    }

    private static NGramIndex index(int n, int... text) {
        return new NGramIndex(n, text, text.length);
    }

    @Test
    void continuation_whatWasThereBefore_isWhatFollowed() {
        assertThat(continuation(index(2, 1, 2, 3, 4, 5, 1, 2), 3)).containsExactly(3, 4, 5);
    }

    @Test
    void continuation_severalOccurrences_isThatOfTheLast() {
        assertThat(continuation(index(2, 1, 2, 3, 1, 2, 4, 1, 2), 1)).containsExactly(4);
    }

    @Test
    void continuation_newText_isNone() {
        assertThat(continuation(index(2, 1, 2, 3, 4), 3)).isEmpty();
        assertThat(continuation(index(3, 1, 2), 3)).isEmpty();
        assertThat(continuation(index(1), 3)).isEmpty();
    }

    @Test
    void continuation_period_goesOnForEver() {
        assertThat(continuation(index(2, 7, 8, 9, 7, 8, 9, 7, 8), 8)).containsExactly(9, 7, 8, 9, 7, 8, 9, 7);
        assertThat(continuation(index(1, 5, 5), 4)).containsExactly(5, 5, 5, 5);
    }

    @Test
    void continuation_afterAnAbsentNGram_isNoneAgain() {
        NGramIndex index = index(1, 1, 2, 1);
        assertThat(continuation(index, 1)).containsExactly(2);
        index.add(9);
        assertThat(continuation(index, 1)).isEmpty();
        index.add(1);
        assertThat(continuation(index, 1)).containsExactly(9);
    }

    @Test
    void continuation_randomTexts_isThatOfAScan() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            int n = 1 + random.nextInt(4);
            int tokens = 2 + random.nextInt(5);
            int[] text = random.ints(random.nextInt(300), 0, tokens).toArray();
            int given = text.length == 0 ? 0 : random.nextInt(text.length);
            NGramIndex index = new NGramIndex(n, Arrays.copyOf(text, given), given);
            for (int i = given; i < text.length; i++) {
                index.add(text[i]);
            }
            int most = 1 + random.nextInt(9);
            assertThat(continuation(index, most))
                    .as("n %d, text %s", n, Arrays.toString(text))
                    .containsExactly(scan(text, n, most));
        }
    }

    /** The same by looking everywhere. */
    private static int[] scan(int[] text, int n, int most) {
        for (int end = text.length - 1; end >= n; end--) {
            if (Arrays.equals(text, end - n, end, text, text.length - n, text.length)) {
                int[] all = Arrays.copyOf(text, text.length + most);
                for (int i = 0; i < most; i++) {
                    all[text.length + i] = all[end + i];
                }
                return Arrays.copyOfRange(all, text.length, all.length);
            }
        }
        return new int[0];
    }

    /** A scan for each token would take hours here. */
    @Test
    void add_longTexts_takeLinearTime() {
        int length = 1 << 20;
        NGramIndex period = new NGramIndex(8, new int[0], 0);
        NGramIndex counting = new NGramIndex(8, new int[0], 0);
        for (int i = 0; i < length; i++) {
            period.add(i % 3);
            counting.add(i);
        }
        assertThat(continuation(period, 2)).containsExactly(length % 3, (length + 1) % 3);
        assertThat(continuation(counting, 2)).isEmpty();
    }
}
