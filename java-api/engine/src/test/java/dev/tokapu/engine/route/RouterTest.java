package dev.tokapu.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.route.Router.Placement;
import dev.tokapu.engine.route.Router.Wanted;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RouterTest {

    private final Router router = new Router();
    private final Random random = new Random(1);

    RouterTest() {
        router.add(8, 8 * 4096);
        router.add(8, 8 * 4096);
    }

    private int[] prompt(int length) {
        return random.ints(length, 0, 1000).toArray();
    }

    private static Wanted wanted(Object scope, int... prompt) {
        return new Wanted(scope, prompt, 1, 64);
    }

    private Placement place(Wanted wanted) {
        return Objects.requireNonNull(router.place(wanted, replica -> true));
    }

    @Test
    void place_equalRequests_goEvenly() {
        int[] counts = new int[2];
        for (int i = 0; i < 100; i++) {
            counts[place(wanted("a", prompt(200))).replica()]++;
        }
        assertThat(counts).containsExactly(50, 50);
    }

    @Test
    void place_knownBeginning_goesWhereItIs() {
        int[] first = prompt(1000);
        Placement home = place(wanted("a", first));
        home.left(1);
        for (int i = 0; i < 10; i++) {
            place(wanted("a", prompt(64))).left(1);
            int[] longer = Arrays.copyOf(first, first.length + 100 * i);
            Placement next = place(wanted("a", longer));
            assertThat(next.replica()).isEqualTo(home.replica());
            next.left(1);
        }
    }

    @Test
    void place_beginningOfAnotherScope_isNotKnown() {
        int[] first = prompt(1000);
        Placement home = place(wanted("a", first));
        assertThat(place(wanted("b", first)).replica()).isNotEqualTo(home.replica());
    }

    @Test
    void place_knownBeginningWhereMuchMoreIsToDo_goesElsewhere() {
        int[] first = prompt(1000);
        Placement home = place(wanted("a", first));
        for (int i = 0; i < 4; i++) {
            place(new Wanted(null, prompt(2000), 1, 64)).replica();
        }
        Placement busy = Objects.requireNonNull(
                router.place(new Wanted(null, prompt(5000), 1, 64), replica -> replica == home.replica()));
        assertThat(place(wanted("a", first)).replica()).isNotEqualTo(busy.replica());
    }

    @Test
    void place_noSequenceFree_goesWhereOneIsThoughMoreIsToDo() {
        Placement one =
                Objects.requireNonNull(router.place(new Wanted(null, prompt(805), 1, 0), replica -> replica == 0));
        for (int i = 0; i < 8; i++) {
            router.place(new Wanted(null, prompt(100), 1, 0), replica -> replica == 1);
        }
        assertThat(router.work(0)).isGreaterThan(router.work(1));
        assertThat(router.isOverfull(1)).isFalse();
        assertThat(router.hasRoom(1, 1)).isFalse();
        assertThat(place(new Wanted(null, prompt(50), 1, 0)).replica()).isEqualTo(one.replica());
    }

    @Test
    void place_nobodyMay_isNull() {
        assertThat(router.place(wanted("a", prompt(10)), replica -> false)).isNull();
        assertThat(router.unfinished(0) + router.unfinished(1)).isZero();
    }

    @Test
    void left_all_nothingRemains() {
        Placement[] all = new Placement[40];
        for (int i = 0; i < all.length; i++) {
            all[i] = place(new Wanted("a", prompt(i), 3, i));
            router.generated(i);
        }
        for (Placement each : all) {
            each.left(2);
            each.left(1);
        }
        for (int replica = 0; replica < 2; replica++) {
            assertThat(router.unfinished(replica)).isZero();
            assertThat(router.work(replica)).isZero();
        }
    }

    @Test
    void index_moreThanTheKvCacheHolds_forgetsTheOldestFromItsEndOn() {
        PrefixIndex index = new PrefixIndex(10 * PrefixIndex.BLOCK);
        long[] first = PrefixIndex.hashes("a", prompt(6 * PrefixIndex.BLOCK));
        index.add(first);
        assertThat(index.longest(first)).isEqualTo(6 * PrefixIndex.BLOCK);
        index.add(PrefixIndex.hashes("a", prompt(8 * PrefixIndex.BLOCK)));
        assertThat(index.longest(first)).isEqualTo(2 * PrefixIndex.BLOCK);
    }
}
