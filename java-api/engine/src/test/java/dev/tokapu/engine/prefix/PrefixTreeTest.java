package dev.tokapu.engine.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.internal.util.IntList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixTreeTest {

    private static final Object ADAPTERS = "none";
    private static final int STEPS = 200_000;

    /** A sequence, and the cells that it really has: forks of a sharing tree have the same ones. */
    private static final class Naive {

        final CachedSequence sequence;
        final List<Object> cells;

        Naive(CachedSequence sequence, List<Object> cells) {
            this.sequence = sequence;
            this.cells = cells;
        }

        int common(int[] prompt, int most) {
            int common = 0;
            while (common < Math.min(Math.min(most, sequence.shared()), cells.size())
                    && common < prompt.length
                    && sequence.tokens().get(common) == prompt[common]) {
                common++;
            }
            return common;
        }
    }

    private final List<Naive> live = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(18);

    private PrefixScope scope() {
        int tenant = random.nextInt(4);
        return new PrefixScope(ADAPTERS, tenant == 0 ? PrefixScope.EVERYBODY : "tenant " + tenant);
    }

    private int[] text(int most) {
        return random.ints(1 + random.nextInt(most), 0, 2).toArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void randomSequences_matchesAndCells_areThoseOfAListOfTexts(boolean shares) {
        PrefixTree tree = new PrefixTree(shares);
        for (int step = 0; step < STEPS; step++) {
            change(tree, shares);
            if (step % 7 == 0) {
                check(tree);
            }
        }
        while (!live.isEmpty()) {
            tree.remove(live.remove(0).sequence);
        }
        assertThat(tree.cells()).isZero();
        assertThat(tree.match(scope(), text(5), 5, false)).isEqualTo(PrefixMatch.NONE);
    }

    private void change(PrefixTree tree, boolean shares) {
        int action = live.isEmpty() ? 0 : random.nextInt(8);
        if (action < 2 && live.size() < 12) {
            open(tree, shares);
        } else if (action < 6 && !live.isEmpty()) {
            Naive one = live.get(random.nextInt(live.size()));
            int length = random.nextInt(one.sequence.tokens().size() + 1);
            tree.resize(one.sequence, length);
            while (one.cells.size() > length) {
                one.cells.remove(one.cells.size() - 1);
            }
            while (one.cells.size() < length) {
                one.cells.add(new Object());
            }
        } else if (action == 6) {
            Naive one = live.get(random.nextInt(live.size()));
            if (random.nextBoolean()) {
                one.sequence.retire();
            }
            one.sequence.pin(random.nextInt(3) == 0);
        } else if (!live.isEmpty()) {
            tree.remove(live.remove(random.nextInt(live.size())).sequence);
        }
    }

    /** A prompt as an engine takes it: what is there is forked, the rest is computed later. */
    private void open(PrefixTree tree, boolean shares) {
        PrefixScope scope = scope();
        int[] text = text(24);
        IntList tokens = new IntList();
        tokens.addAll(text);
        PrefixMatch match = tree.match(scope, text, text.length, false);
        CachedSequence source = match.sequence();
        List<Object> cells = new ArrayList<>();
        CachedSequence sequence;
        int shared = random.nextInt(3) == 0 ? random.nextInt(text.length) : Integer.MAX_VALUE;
        if (source == null) {
            sequence = tree.open(live.size(), scope, tokens, shared);
        } else {
            int length = Math.min(shared, random.nextInt(match.length() + 1));
            sequence = tree.fork(source, length, live.size(), scope, tokens, shared);
            List<Object> from = live.stream()
                    .filter(naive -> naive.sequence == source)
                    .findFirst()
                    .orElseThrow()
                    .cells;
            for (int i = 0; i < length; i++) {
                cells.add(shares ? from.get(i) : new Object());
            }
        }
        live.add(new Naive(sequence, cells));
    }

    private void check(PrefixTree tree) {
        assertThat(tree.cells()).isEqualTo(distinct(live));
        assertThat(tree.firmCells())
                .isEqualTo(distinct(live.stream()
                        .filter(naive -> !naive.sequence.isEvictable())
                        .toList()));
        PrefixScope scope = scope();
        int[] prompt = text(30);
        int most = random.nextInt(prompt.length + 1);
        int expected = 0;
        for (Naive naive : live) {
            assertThat(naive.sequence.length()).isEqualTo(naive.cells.size());
            if (scope.mayUse(naive.sequence.scope())) {
                expected = Math.max(expected, naive.common(prompt, most));
            }
        }
        PrefixMatch match = tree.match(scope, prompt, most, false);
        assertThat(match.length()).isEqualTo(expected);
        if (match.sequence() != null) {
            assertThat(scope.mayUse(match.sequence().scope())).isTrue();
        }
    }

    private static long distinct(List<Naive> sequences) {
        Set<Object> cells = Collections.newSetFromMap(new IdentityHashMap<>());
        sequences.forEach(naive -> cells.addAll(naive.cells));
        return cells.size();
    }
}
