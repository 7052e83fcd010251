package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FitSearchTest {

    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;

    /**
     * A model that takes memory as a real one does.
     *
     * @param layers without the output layer
     * @param dense bytes of a layer without its experts
     * @param experts bytes of the experts of a layer
     * @param output bytes of the output layer
     * @param kv bytes of KV cache of a layer for each token
     * @param compute bytes that each device needs for computing
     * @param free bytes that may be used of each device
     * @param calls counts the estimates
     */
    private record Fake(
            int layers,
            long dense,
            long experts,
            long output,
            long kv,
            long compute,
            List<Long> free,
            List<FitPlan> calls) {

        Fake(int layers, long dense, long experts, long output, long kv, long compute, long... free) {
            this(
                    layers,
                    dense,
                    experts,
                    output,
                    kv,
                    compute,
                    Arrays.stream(free).boxed().toList(),
                    new ArrayList<>());
        }

        FitUse use(FitPlan plan) {
            calls.add(plan);
            int n = free.size();
            int[] counts = new int[n];
            if (plan.layers() != null) {
                Arrays.setAll(counts, i -> plan.layers().get(i));
            } else if (!plan.cpu() && n > 0) {
                long sum = free.stream().mapToLong(Long::longValue).sum();
                int given = 0;
                long passed = 0;
                for (int i = 0; i < n; i++) {
                    passed += free.get(i);
                    int upTo = (int) ((layers + 1) * (double) passed / sum);
                    counts[i] = (i == n - 1 ? layers + 1 : upTo) - given;
                    given = upTo;
                }
            }
            List<Integer> onHost = plan.expertLayers(layers + 1);
            Long[] devices = new Long[n];
            int next = layers + 1 - IntStream.of(counts).sum();
            long host = output; // the embedding of the tokens
            for (int il = 0; il < next; il++) {
                host += layer(il, plan.context());
            }
            for (int i = 0; i < n; i++) {
                long bytes = plan.cpu() ? 0 : compute;
                for (int il = next; il < next + counts[i]; il++) {
                    boolean away = onHost.contains(il);
                    bytes += layer(il, plan.context()) - (away ? experts : 0);
                    host += away ? experts : 0;
                }
                next += counts[i];
                devices[i] = bytes;
            }
            return new FitUse(List.of(devices), host + compute);
        }

        private long layer(int il, int context) {
            return il == layers ? output : dense + experts + kv * context;
        }

        FitChoice fit(int context, int minContext) {
            return fit(context, minContext, 1L << 40, false);
        }

        FitChoice fit(int context, int minContext, long host, boolean placed) {
            FitProblem problem = new FitProblem(layers + 1, experts > 0, context, minContext, 256, free, host, placed);
            FitChoice choice = new FitSearch(problem, this::use).search();
            assertThat(calls).as("few estimates").hasSizeLessThan(20 + 8 * free.size());
            if (choice.fits()) {
                assertThat(choice.use()).isEqualTo(use(choice.plan()));
                assertThat(choice.use().host()).isLessThanOrEqualTo(host);
                for (int i = 0; i < free.size(); i++) {
                    assertThat(choice.use().devices().get(i)).isLessThanOrEqualTo(Math.max(0, free.get(i)));
                }
            }
            return choice;
        }
    }

    /** As an 8B model: 32 layers, 4.5 GiB. */
    private static Fake dense(long... free) {
        return new Fake(32, 136 * MIB, 0, 400 * MIB, 4096, 300 * MIB, free);
    }

    /** As a 30B model with experts: 48 layers, 17 GiB. */
    private static Fake experts(long... free) {
        return new Fake(48, 30 * MIB, 330 * MIB, 300 * MIB, 2048, 300 * MIB, free);
    }

    @Test
    void search_everythingFits_asksOnceAndChangesNothing() {
        Fake fake = dense(80 * GIB);
        FitChoice choice = fake.fit(131_072, 4096);
        assertThat(choice.plan()).isEqualTo(FitPlan.asIs(131_072));
        assertThat(choice.fits()).isTrue();
        assertThat(fake.calls()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void search_contextTooLarge_shrinksItFirst() {
        Fake fake = dense(15 * GIB);
        FitChoice choice = fake.fit(131_072, 4096);
        assertThat(choice.plan().layers()).isNull();
        assertThat(choice.plan().context())
                .isGreaterThan(70_000)
                .isLessThan(90_000)
                .matches(n -> n % 256 == 0);
        assertThat(choice.explanation()).anyMatch(line -> line.contains("context is reduced to"));
        assertThat(fake.calls()).hasSizeLessThanOrEqualTo(4);
        FitUse larger = fake.use(FitPlan.asIs(choice.plan().context() + 512));
        assertThat(larger.devices().get(0)).as("as large as it can be").isGreaterThan(15 * GIB);
    }

    @Test
    void search_contextWasSet_takesFewerLayers() {
        Fake fake = dense(3 * GIB);
        FitChoice choice = fake.fit(8192, 8192);
        assertThat(choice.plan().context()).isEqualTo(8192);
        List<Integer> layers = choice.plan().layers();
        assertThat(layers).hasSize(1);
        FitUse more = fake.use(new FitPlan(8192, false, List.of(layers.get(0) + 1), List.of(0)));
        assertThat(more.devices().get(0)).as("as many as it can be").isGreaterThan(3 * GIB);
        assertThat(choice.explanation()).anyMatch(line -> line.contains("of 33 layers go to the GPUs"));
    }

    @Test
    void search_experts_goToTheHostBeforeLayers() {
        Fake fake = experts(10 * GIB);
        FitChoice choice = fake.fit(131_072, 4096);
        assertThat(choice.plan().layers()).containsExactly(49);
        int away = choice.plan().hostExperts().get(0);
        assertThat(away).isBetween(1, 47);
        FitUse fewer = fake.use(new FitPlan(choice.plan().context(), false, List.of(49), List.of(away - 1)));
        assertThat(fewer.devices().get(0)).as("as few as it can be").isGreaterThan(10 * GIB);
    }

    @Test
    void search_expertsOnTinyGpu_takesFewerLayersToo() {
        FitChoice choice = experts(GIB).fit(4096, 4096);
        assertThat(choice.fits()).isTrue();
        assertThat(choice.plan().layers().get(0)).isBetween(1, 48);
        assertThat(choice.explanation()).anyMatch(line -> line.contains("Even with all experts on the host"));
    }

    @Test
    void search_nothingFits_goesToTheCpuAndSaysSo() {
        FitChoice choice = dense(200 * MIB).fit(131_072, 4096);
        assertThat(choice.plan().cpu()).isTrue();
        assertThat(choice.fits()).isTrue();
        assertThat(choice.explanation()).anyMatch(line -> line.contains("Not one layer fits a GPU"));
    }

    @Test
    void search_hostTooSmallAsWell_doesNotFit() {
        FitChoice choice = dense(200 * MIB).fit(131_072, 4096, 2 * GIB, false);
        assertThat(choice.plan().cpu()).isTrue();
        assertThat(choice.fits()).isFalse();
        assertThat(choice.explanation()).anyMatch(line -> line.contains("host has too little"));
    }

    @Test
    void search_noGpu_fitsTheHostByContext() {
        Fake fake = dense();
        FitChoice choice = fake.fit(131_072, 4096, 12 * GIB, false);
        assertThat(choice.fits()).isTrue();
        assertThat(choice.plan().context()).isGreaterThan(40_000).isLessThan(131_072);
        FitChoice small = fake.fit(131_072, 4096, 2 * GIB, false);
        assertThat(small.fits()).isFalse();
        assertThat(small.plan().context()).isEqualTo(4096);
        assertThat(small.explanation()).anyMatch(line -> line.contains("no GPU"));
    }

    @Test
    void search_placedByHand_changesContextOnly() {
        FitChoice shrunk = dense(8 * GIB).fit(131_072, 4096, 1L << 40, true);
        assertThat(shrunk.fits()).isTrue();
        assertThat(shrunk.plan().layers()).isNull();
        FitChoice tooMuch = dense(GIB).fit(131_072, 4096, 1L << 40, true);
        assertThat(tooMuch.fits()).isFalse();
        assertThat(tooMuch.explanation()).anyMatch(line -> line.contains("by hand"));
    }

    @Test
    void search_severalUnequalGpus_usesThemAll() {
        FitChoice choice = dense(GIB, 2 * GIB, 3 * GIB).fit(4096, 4096);
        assertThat(choice.fits()).isTrue();
        if (choice.plan().layers() != null) {
            assertThat(choice.plan().layers()).allMatch(n -> n > 0);
        }
    }

    @Test
    void search_manyMachines_alwaysFitsWhatItSaysFits() {
        Random random = new Random(4);
        for (int i = 0; i < 3000; i++) {
            long[] free = new long[random.nextInt(5)];
            for (int j = 0; j < free.length; j++) {
                free[j] = (long) (random.nextDouble() * random.nextInt(25) * GIB) - GIB / 2;
            }
            int layers = 1 + random.nextInt(96);
            Fake fake = new Fake(
                    layers,
                    (1 + random.nextInt(300)) * MIB,
                    random.nextBoolean() ? 0 : (1 + random.nextInt(600)) * MIB,
                    random.nextInt(1000) * MIB,
                    random.nextInt(16_384),
                    random.nextInt(1500) * MIB,
                    free);
            int least = 256 * (1 + random.nextInt(32));
            int most = least + random.nextInt(131_072);
            FitChoice choice = fake.fit(most, least, (long) (random.nextDouble() * 64 * GIB), random.nextInt(8) == 0);
            assertThat(choice.plan().context()).isBetween(least, most);
            assertThat(choice.explanation()).isNotEmpty();
        }
    }
}
