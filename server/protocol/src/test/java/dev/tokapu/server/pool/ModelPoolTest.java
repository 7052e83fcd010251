package dev.tokapu.server.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.server.pool.FakePool.Fake;
import dev.tokapu.server.pool.FakePool.Loaded;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Models that come when they are asked for and go when they are not. */
class ModelPoolTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static FakePool pool(int most, Fake... fakes) {
        return new FakePool(most, MINUTE, fakes);
    }

    private static Problem problem(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        try {
            future.join();
            throw new AssertionError("it came");
        } catch (CompletionException e) {
            return ((ProblemException) e.getCause()).problem();
        }
    }

    @Test
    void firstRequest_loadsOnce_forAllThatWait() {
        FakePool fake = pool(2, new Fake("a", 10));
        List<CompletableFuture<Lease<Loaded>>> waiting = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiting.add(fake.ask("a"));
        }
        assertThat(fake.state("a")).isEqualTo(ModelState.LOADING);
        assertThat(fake.pool.status("a").waiting()).isEqualTo(100);
        fake.run();
        assertThat(fake.loaders.get("a").loads).isEqualTo(1);
        assertThat(fake.pool.status("a").leases()).isEqualTo(100);
        waiting.forEach(lease -> lease.join().close());
        assertThat(fake.pool.status("a").leases()).isZero();
        assertThat(fake.pool.status("a").expires()).isEqualTo(MINUTE);
    }

    @Test
    void model_goes_whenNobodyHasUsedItForAWhile() {
        FakePool fake = pool(2, new Fake("a", 10));
        Lease<Loaded> lease = fake.use("a");
        fake.pass(Duration.ofHours(1));
        assertThat(fake.state("a")).isEqualTo(ModelState.LOADED);
        lease.close();
        lease.close();
        fake.pass(Duration.ofSeconds(59));
        fake.useOnce("a");
        fake.pass(Duration.ofSeconds(59));
        assertThat(fake.state("a")).isEqualTo(ModelState.LOADED);
        fake.pass(Duration.ofSeconds(1));
        assertThat(fake.state("a")).isEqualTo(ModelState.UNLOADED);
        assertThat(lease.model().closed).isTrue();
        fake.useOnce("a");
        assertThat(fake.loaders.get("a").loads).isEqualTo(2);
    }

    @Test
    void keepAlive_isThatOfTheLastRequest() {
        FakePool fake = pool(2, new Fake("a", 10));
        Lease<Loaded> lease = fake.use("a");
        lease.keepAlive(PoolOptions.FOREVER);
        lease.close();
        fake.pass(Duration.ofDays(1000));
        assertThat(fake.pool.status("a").expires()).isEqualTo(PoolOptions.FOREVER);
        lease = fake.use("a");
        lease.keepAlive(Duration.ZERO);
        Lease<Loaded> other = fake.use("a");
        lease.close();
        fake.run();
        assertThat(fake.state("a")).isEqualTo(ModelState.LOADED);
        other.keepAlive(Duration.ZERO);
        other.close();
        fake.run();
        assertThat(fake.state("a")).isEqualTo(ModelState.UNLOADED);
    }

    @Test
    void bound_sendsAwayTheLongestUnused() {
        FakePool fake = pool(2, new Fake("a", 10), new Fake("b", 10), new Fake("c", 10));
        fake.useOnce("a");
        fake.pass(Duration.ofSeconds(1));
        fake.useOnce("b");
        fake.pass(Duration.ofSeconds(1));
        fake.useOnce("a");
        fake.useOnce("c");
        assertThat(fake.loaded()).containsExactly("a", "c");
    }

    @Test
    void memory_sendsAwayNoMoreThanItMust_andNothingWhereThatDoesNotHelp() {
        FakePool fake = pool(
                9,
                new Fake("a", 30),
                new Fake("b", 30),
                new Fake("c", 60),
                new Fake("pinned", 20).pinned(),
                new Fake("huge", 90));
        fake.useOnce("pinned");
        for (String name : List.of("a", "b")) {
            fake.pass(Duration.ofSeconds(1));
            fake.useOnce(name);
        }
        CompletableFuture<Lease<Loaded>> huge = fake.ask("huge");
        fake.run();
        assertThat(problem(huge).kind()).isEqualTo(Problem.Kind.UNAVAILABLE);
        assertThat(problem(huge).retryAfter()).isPositive();
        assertThat(problem(huge).message()).contains("huge").contains("'host'").contains("GiB");
        assertThat(fake.loaded()).containsExactly("a", "b", "pinned");
        assertThat(fake.state("huge")).isEqualTo(ModelState.UNLOADED);
        fake.budget = 110;
        fake.useOnce("c");
        assertThat(fake.loaded()).containsExactly("b", "c", "pinned");
    }

    @Test
    void modelInUse_isNotSentAway() {
        FakePool fake = pool(1, new Fake("a", 10), new Fake("b", 10));
        Lease<Loaded> used = fake.use("a");
        CompletableFuture<Lease<Loaded>> other = fake.ask("b");
        fake.run();
        assertThat(problem(other).message()).contains("of 1 models").contains("in use");
        assertThat(used.model().closed).isFalse();
        used.close();
        fake.useOnce("b");
        assertThat(fake.loaded()).containsExactly("b");
    }

    @Test
    void onlyModel_isTried_howeverLargeItSeems() {
        FakePool fake = pool(2, new Fake("a", 1000), new Fake("b", 10));
        fake.useOnce("b");
        fake.useOnce("a");
        assertThat(fake.loaded()).containsExactly("a");
    }

    @Test
    void failedLoad_saysWhy_andIsTriedAgain() {
        Fake a = new Fake("a", 10);
        a.failure = new IllegalStateException("its file is torn");
        FakePool fake = pool(2, a);
        CompletableFuture<Lease<Loaded>> one = fake.ask("a");
        CompletableFuture<Lease<Loaded>> two = fake.ask("a");
        fake.run();
        assertThat(problem(one).message()).isEqualTo("the model 'a' cannot be loaded: its file is torn");
        assertThat(problem(two).code()).isEqualTo("model_load_failed");
        assertThat(a.loads).isEqualTo(1);
        assertThat(fake.state("a")).isEqualTo(ModelState.FAILED);
        assertThat(fake.pool.status("a").failure()).contains("torn");
        a.failure = null;
        fake.useOnce("a");
        assertThat(fake.state("a")).isEqualTo(ModelState.LOADED);
        assertThat(fake.pool.status("a").failure()).isNull();
    }

    @Test
    void requestThatGoes_isForgotten_andLoadsNothingAlone() {
        FakePool fake = pool(2, new Fake("a", 10));
        CompletableFuture<Lease<Loaded>> gone = fake.ask("a");
        gone.cancel(false);
        assertThat(fake.state("a")).isEqualTo(ModelState.UNLOADED);
        fake.run();
        assertThat(fake.loaders.get("a").loads).isZero();
        CompletableFuture<Lease<Loaded>> later = fake.ask("a");
        fake.meanwhile = () -> later.cancel(false);
        fake.run();
        fake.meanwhile = () -> {};
        assertThat(fake.pool.status("a").leases()).isZero();
        fake.pass(MINUTE);
        assertThat(fake.loaded()).isEmpty();
    }

    @Test
    void requestWhileItGoes_hasItLoadedAgain() {
        FakePool fake = pool(2, new Fake("a", 10));
        fake.useOnce("a");
        List<CompletableFuture<Lease<Loaded>>> late = new ArrayList<>();
        fake.meanwhile = () -> {
            fake.meanwhile = () -> {};
            assertThat(fake.state("a")).isEqualTo(ModelState.UNLOADING);
            late.add(fake.ask("a"));
        };
        assertThat(fake.pool.unload("a")).isTrue();
        fake.run();
        assertThat(late.get(0).join().model().closed).isFalse();
        assertThat(fake.loaders.get("a").loads).isEqualTo(2);
    }

    @Test
    void pinnedModel_stays() {
        FakePool fake = pool(1, new Fake("a", 10).pinned(), new Fake("b", 10));
        fake.useOnce("a");
        assertThat(fake.pool.unload("a")).isFalse();
        fake.pass(Duration.ofDays(1));
        CompletableFuture<Lease<Loaded>> b = fake.ask("b");
        fake.run();
        assertThat(problem(b).message()).contains("pinned");
        assertThat(fake.loaded()).containsExactly("a");
    }

    @Test
    void modelThatFails_isLoadedAgain_onceItsRequestsHaveEnded() {
        FakePool fake = pool(1, new Fake("a", 10));
        Lease<Loaded> lease = fake.use("a");
        lease.model().failed = true;
        CompletableFuture<Lease<Loaded>> early = fake.ask("a");
        fake.run();
        assertThat(problem(early).kind()).isEqualTo(Problem.Kind.UNAVAILABLE);
        lease.close();
        assertThat(fake.use("a").model()).isNotSameAs(lease.model());
        assertThat(lease.model().closed).isTrue();
    }

    @Test
    void replace_keepsWhatIsTheSame_andSendsAwayTheRestWhenItIsUnused() {
        Fake a = new Fake("a", 10);
        Fake b = new Fake("b", 10);
        FakePool fake = pool(9, a, b);
        Lease<Loaded> usedA = fake.use("a");
        Lease<Loaded> usedB = fake.use("b");
        Fake newB = new Fake("b", 20).in(fake);
        fake.pool.replace(List.of(a.entry(), newB.entry()));
        fake.run();
        assertThat(fake.use("a").model()).isSameAs(usedA.model());
        assertThat(fake.use("b").model()).isNotSameAs(usedB.model());
        assertThat(usedB.model().closed).isFalse();
        usedB.close();
        fake.run();
        assertThat(usedB.model().closed).isTrue();
        assertThat(newB.loads).isEqualTo(1);
        fake.pool.replace(List.of());
        assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> fake.pool.acquire("a"));
        assertThat(fake.state("a")).isEqualTo(ModelState.UNLOADED);
        assertThatIllegalArgumentException().isThrownBy(() -> fake.pool.replace(List.of(a.entry(), a.entry())));
    }

    @Test
    void replace_duringALoad_endsItsWaiters() {
        Fake a = new Fake("a", 10);
        FakePool fake = pool(9, a);
        CompletableFuture<Lease<Loaded>> waiting = fake.ask("a");
        fake.meanwhile = () -> fake.pool.replace(List.of());
        fake.run();
        fake.meanwhile = () -> {};
        Lease<Loaded> lease = waiting.join();
        assertThat(lease.model().closed).isFalse();
        lease.close();
        fake.run();
        assertThat(lease.model().closed).isTrue();
        assertThat(fake.loaded()).isEmpty();
    }

    @Test
    void close_unloadsAll_andEndsWhatWaits() {
        FakePool fake = pool(9, new Fake("a", 10), new Fake("b", 10).pinned());
        Lease<Loaded> a = fake.use("a");
        Lease<Loaded> b = fake.use("b");
        fake.pool.close();
        fake.pool.close();
        assertThat(a.model().closed).isTrue();
        assertThat(b.model().closed).isTrue();
        a.close();
        assertThat(problem(fake.ask("a")).code()).isEqualTo("closing");
    }
}
