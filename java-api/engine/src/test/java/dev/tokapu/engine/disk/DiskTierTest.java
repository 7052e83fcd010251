package dev.tokapu.engine.disk;

import static dev.tokapu.engine.disk.DiskFixture.ADAPTERS;
import static dev.tokapu.engine.disk.DiskFixture.ALICE;
import static dev.tokapu.engine.disk.DiskFixture.BOB;
import static dev.tokapu.engine.disk.DiskFixture.KEY;
import static dev.tokapu.engine.disk.DiskFixture.NO_PAUSE;
import static dev.tokapu.engine.disk.DiskFixture.PLENTY;
import static dev.tokapu.engine.disk.DiskFixture.PUBLIC;
import static dev.tokapu.engine.disk.DiskFixture.files;
import static dev.tokapu.engine.disk.DiskFixture.load;
import static dev.tokapu.engine.disk.DiskFixture.matched;
import static dev.tokapu.engine.disk.DiskFixture.open;
import static dev.tokapu.engine.disk.DiskFixture.scope;
import static dev.tokapu.engine.disk.DiskFixture.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.engine.disk.DiskFixture.Texts;
import dev.tokapu.engine.prefix.PrefixScope;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is stored is found, by those who may find it. */
class DiskTierTest {

    @TempDir
    Path folder;

    private DiskTier<String> openWhole() throws IOException {
        return DiskTier.open(folder, PLENTY, KEY, ADAPTERS, true, new Texts(), "test", NO_PAUSE);
    }

    @Test
    void match_longestBeginning_isFoundAndLoaded() throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            assertThat(store(tier, ALICE, "one", 1, 2, 3)).isTrue();
            assertThat(store(tier, ALICE, "two", 1, 2, 4, 5)).isTrue();
            assertThat(matched(tier, ALICE, 1, 2, 4, 9)).isEqualTo(3);
            assertThat(load(tier, ALICE, 1, 2, 4, 9)).isEqualTo("two");
            assertThat(load(tier, ALICE, 1, 2, 3, 9)).isEqualTo("one");
            assertThat(tier.match(ALICE, new int[] {1, 2, 4}, 1))
                    .satisfies(match -> assertThat(match.length()).isEqualTo(1));
            assertThat(matched(tier, ALICE, 2)).isZero();
            assertThat(tier.counts()).isEqualTo(new DiskCounts(2, 2, 0, 0, 0));
        }
    }

    @Test
    void open_afterARestart_hasWhatWasThere() throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "of alice", 1, 2, 3);
            store(tier, PUBLIC, "of all", 1, 7, 8);
        }
        try (DiskTier<String> tier = open(folder)) {
            assertThat(tier.entries()).hasSize(2);
            assertThat(load(tier, ALICE, 1, 2, 3, 4)).isEqualTo("of alice");
            assertThat(load(tier, BOB, 1, 7, 8)).isEqualTo("of all");
            DiskEntry entry = tier.match(ALICE, new int[] {1, 2}, 2).entry();
            assertThat(entry.tokens().toArray()).containsExactly(1, 2, 3);
            assertThat(entry.scope()).isEqualTo(ALICE);
            assertThat(entry.length()).isEqualTo(3);
        }
    }

    @Test
    void open_manyStates_readsHeadersAlone() throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            for (int i = 0; i < 20; i++) {
                store(tier, ALICE, "state " + i, i, 1);
            }
        }
        AtomicInteger reads = new AtomicInteger();
        Texts counting = new Texts() {
            @Override
            public String read(InputStream in) throws IOException {
                reads.incrementAndGet();
                return super.read(in);
            }
        };
        try (DiskTier<String> tier = open(folder, PLENTY, counting)) {
            assertThat(tier.entries()).hasSize(20);
            assertThat(reads).hasValue(0);
            assertThat(load(tier, ALICE, 7, 1)).isEqualTo("state 7");
        }
    }

    @Test
    void match_ofAnotherTenant_isNothingButWhatIsPublic() throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "of alice", 1, 2, 3);
            assertThat(matched(tier, BOB, 1, 2, 3)).isZero();
            assertThat(matched(tier, PUBLIC, 1, 2, 3)).isZero();
            store(tier, PUBLIC, "of all", 1, 2);
            assertThat(matched(tier, BOB, 1, 2, 3)).isEqualTo(2);
            assertThat(load(tier, BOB, 1, 2, 3)).isEqualTo("of all");
            assertThat(load(tier, ALICE, 1, 2, 3)).isEqualTo("of alice");
        }
    }

    @Test
    void tenants_whoseNamesAreNoUnicode_stayApart() throws IOException {
        PrefixScope high = scope("a\uD800");
        PrefixScope low = scope("a\uDC00");
        try (DiskTier<String> tier = open(folder)) {
            store(tier, high, "of high", 1, 2);
        }
        try (DiskTier<String> tier = open(folder)) {
            assertThat(matched(tier, low, 1, 2)).isZero();
            assertThat(matched(tier, scope("a?"), 1, 2)).isZero();
            assertThat(load(tier, high, 1, 2)).isEqualTo("of high");
        }
    }

    @Test
    void store_otherAdaptersOrTenants_isRefused() throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            assertThat(store(tier, new PrefixScope("adapters", "alice"), "x", 1))
                    .isFalse();
            assertThat(store(tier, new PrefixScope(ADAPTERS, 7), "x", 1)).isFalse();
            assertThat(store(tier, PrefixScope.NONE, "x", 1)).isFalse();
            assertThat(store(tier, scope("a".repeat(EntryHeader.MOST_TEXT + 1)), "x", 1))
                    .isFalse();
            assertThat(store(tier, ALICE, "x")).isFalse();
            assertThat(files(folder)).isEmpty();
        }
    }

    @Test
    void store_whatIsThereAlready_isRefused() throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "long", 1, 2, 3);
            store(tier, PUBLIC, "public", 5, 6);
            assertThat(store(tier, ALICE, "short", 1, 2)).isFalse();
            assertThat(store(tier, ALICE, "same", 1, 2, 3)).isFalse();
            assertThat(store(tier, ALICE, "as public", 5)).isFalse();
            assertThat(store(tier, BOB, "another's", 1, 2)).isTrue();
        }
    }

    @Test
    void store_longerOne_replacesItsBeginningsOfTheSameScope() throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "one", 1);
            store(tier, ALICE, "other", 3);
            store(tier, BOB, "of bob", 1, 2);
            store(tier, ALICE, "two", 1, 2);
            store(tier, ALICE, "three", 1, 2, 3);
            assertThat(tier.entries()).hasSize(3);
            assertThat(files(folder)).hasSize(3);
            assertThat(load(tier, ALICE, 1, 5)).isEqualTo("three");
            assertThat(load(tier, BOB, 1, 5)).isEqualTo("of bob");
        }
    }

    @Test
    void statesThatCannotBeCut_areFoundWholeAndKeptBesideLongerOnes() throws IOException {
        try (DiskTier<String> tier = openWhole()) {
            store(tier, ALICE, "three", 1, 2, 3);
            assertThat(matched(tier, ALICE, 1, 2, 9)).isZero();
            assertThat(store(tier, ALICE, "two", 1, 2)).isTrue();
            assertThat(store(tier, ALICE, "two again", 1, 2)).isFalse();
            store(tier, ALICE, "four", 1, 2, 3, 4);
            assertThat(tier.entries()).hasSize(3);
            assertThat(load(tier, ALICE, 1, 2, 9)).isEqualTo("two");
            assertThat(load(tier, ALICE, 1, 2, 3, 9)).isEqualTo("three");
        }
    }

    @Test
    void match_randomEntries_isTheLongestThatMayBeUsed() throws IOException {
        SplittableRandom random = new SplittableRandom(18);
        PrefixScope[] scopes = {ALICE, BOB, PUBLIC};
        try (DiskTier<String> tier = open(folder)) {
            for (int step = 0; step < 1000; step++) {
                PrefixScope scope = scopes[random.nextInt(3)];
                int[] text = random.ints(1 + random.nextInt(8), 0, 2).toArray();
                List<DiskEntry> entries = tier.entries();
                if (random.nextInt(4) == 0) {
                    store(tier, scope, "state", text);
                } else if (entries.size() > 12) {
                    tier.remove(entries.get(random.nextInt(entries.size())).serial());
                } else {
                    int longest = entries.stream()
                            .filter(entry -> scope.mayUse(entry.scope()))
                            .mapToInt(entry -> entry.tokens().commonPrefix(text))
                            .max()
                            .orElse(0);
                    assertThat(matched(tier, scope, text)).isEqualTo(longest);
                }
            }
            assertThat(files(folder)).hasSameSizeAs(tier.entries());
        }
    }

    @Test
    void remove_deletesTheFile() throws IOException {
        try (DiskTier<String> tier = open(folder)) {
            store(tier, ALICE, "one", 1, 2);
            DiskEntry entry = tier.entries().get(0);
            assertThat(tier.remove(entry.serial())).isTrue();
            assertThat(tier.remove(entry.serial())).isFalse();
            assertThat(files(folder)).isEmpty();
            assertThat(tier.bytes()).isZero();
            assertThat(load(tier, entry)).isNull();
            assertThat(matched(tier, ALICE, 1, 2)).isZero();
        }
    }

    @Test
    void open_keyThatIsTooLong_isRefused() {
        String key = "k".repeat(EntryHeader.MOST_TEXT + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DiskTier.open(folder, PLENTY, key, ADAPTERS, false, new Texts(), "test"))
                .withMessageContaining("65537 characters");
    }
}
