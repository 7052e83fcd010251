package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.IntList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnsavedPrefixesTest {

    private static final PrefixScope MINE = new PrefixScope("", "mine");
    private static final PrefixScope OTHERS = new PrefixScope("", "others");
    private static final long ENDLESS = Long.MAX_VALUE;

    private final UnsavedPrefixes unsaved = new UnsavedPrefixes(true);

    private static int[] tokens(int first, int count) {
        return IntStream.range(first, first + count).toArray();
    }

    private static IntList list(int[] tokens) {
        IntList list = new IntList();
        list.addAll(tokens);
        return list;
    }

    private void add(PrefixScope scope, int[] tokens, long most) {
        unsaved.add(scope, list(tokens), tokens.length, most);
    }

    private double take(PrefixScope scope, int[] prompt) {
        return unsaved.take(scope, prompt, prompt.length - 1, 16);
    }

    @Test
    void take_whatAPromptBeginsWith_isCountedOnce() {
        add(MINE, tokens(0, 100), ENDLESS);
        assertThat(take(MINE, tokens(0, 200))).isEqualTo(1);
        assertThat(take(MINE, tokens(0, 200))).isZero();
    }

    @Test
    void take_aPartOfIt_isThatPart() {
        add(MINE, tokens(0, 100), ENDLESS);
        int[] prompt = tokens(0, 60);
        prompt[50] = 7;
        assertThat(take(MINE, prompt)).isEqualTo(0.5);
    }

    @Test
    void take_withLessThanWasAskedFor_isNothing() {
        add(MINE, tokens(0, 100), ENDLESS);
        assertThat(take(MINE, tokens(0, 16))).isZero();
        assertThat(take(MINE, tokens(1, 100))).isZero();
    }

    @Test
    void take_ofAnotherTenant_isNothing() {
        add(OTHERS, tokens(0, 100), ENDLESS);
        assertThat(take(MINE, tokens(0, 200))).isZero();
    }

    @Test
    void take_whereStatesCannotBeCut_needsTheWhole() {
        UnsavedPrefixes whole = new UnsavedPrefixes(false);
        whole.add(MINE, list(tokens(0, 100)), 100, ENDLESS);
        assertThat(whole.take(MINE, tokens(0, 99), 98, 16)).isZero();
        assertThat(whole.take(MINE, tokens(0, 102), 101, 16)).isEqualTo(1);
    }

    @Test
    void add_moreThanHostMemoryWouldHold_forgetsTheOldest() {
        add(MINE, tokens(0, 100), 250);
        add(MINE, tokens(1000, 100), 250);
        add(MINE, tokens(2000, 100), 250);
        assertThat(take(MINE, tokens(0, 200))).isZero();
        assertThat(take(MINE, tokens(1000, 200))).isEqualTo(1);
        assertThat(take(MINE, tokens(2000, 200))).isEqualTo(1);
    }

    @Test
    void clear_leavesNothing() {
        add(MINE, tokens(0, 100), ENDLESS);
        unsaved.clear();
        assertThat(take(MINE, tokens(0, 200))).isZero();
    }
}
