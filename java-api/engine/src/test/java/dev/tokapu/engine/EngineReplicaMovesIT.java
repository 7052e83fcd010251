package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.tokapu.ControlVector;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.engine.route.Router;
import dev.tokapu.engine.run.EngineMeter;
import dev.tokapu.exception.LoraAdapterException;
import dev.tokapu.internal.text.ScoredText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens on one replica while another one takes over. */
@Timeout(300)
class EngineReplicaMovesIT {

    @TinyModel
    private static Model model;

    private static Engine two(EngineOptions.Builder options) {
        return Engine.start(List.of(model, model), options.build());
    }

    private static EngineCore core(Engine engine, int replica) {
        return engine.replicas.cores().get(replica);
    }

    /** The other replica has it, and has not made it anew, when this one admits it: in one step or in several. */
    @ParameterizedTest
    @ValueSource(ints = {4, 512})
    void scoreThatIsMovedWhileItIsAdmitted_isReadOnceElsewhere(int step) throws Exception {
        try (Engine engine =
                two(EngineFixture.options().maxPrefillTokens(step).prefixCache(PrefixCacheOptions.none()))) {
            EngineShared shared = engine.replicas.shared();
            ScoreRequest request = ScoreRequest.of("the sea and the wind and the sand and the sun", " and the moon");
            ScoredContinuation wanted = engine.score(request).get(2, TimeUnit.MINUTES);
            ScoredText text = shared.reader.read(request);
            Arrival now = Arrival.now(ObservedRequest.UNSEEN);
            Ticket from = place(shared, text);
            PromptTask<ScoredContinuation> task = from.core().preprocessor().score(request, text, now);
            task.begin(from, preprocessor -> preprocessor.score(request, text, now));
            long before = from.core().meter().steps.get();
            try (CapacityLimiter.Reservation reservation = shared.capacity.reserve(1)) {
                Runnable held = EngineFixture.hold(from.core());
                from.core().submitNew(engine, task);
                reservation.keep();
                assertThat(shared.dispatcher.claim(task)).isTrue();
                held.run();
            }
            EngineMeter meter = from.core().meter();
            EngineFixture.await(
                    "computed for nobody", () -> meter.steps.get() > before && meter.queued() + meter.running() == 0);
            assertThat(from.core().isOpen()).isTrue();
            assertThat(task.result()).isNotDone();
            Ticket to = place(shared, text);
            RoutedTask moved = task.movedTo(to);
            from.drop();
            to.core().submit(engine, moved);
            task.movedOn();
            assertThat(task.result().get(2, TimeUnit.MINUTES).logLikelihood())
                    .isCloseTo(wanted.logLikelihood(), offset(1e-3));
            EngineFixture.awaitIdle(engine);
            assertThat(engine.snapshot().completed()).isEqualTo(2);
            assertThat(engine.snapshot().submitted()).isEqualTo(2);
        }
    }

    private static Ticket place(EngineShared shared, ScoredText text) {
        return shared.dispatcher.place(new Router.Wanted(null, text.tokens(), 1, 0));
    }

    /** Its place is given back on the replica that it comes to: each of the two has one. */
    @Test
    void answerCancelledBeforeItsReplicaFails_leavesThePlaceOfTheNextOne() {
        CompletableFuture<Generation> submitted = new CompletableFuture<>();
        AtomicBoolean failed = new AtomicBoolean();
        try (Engine engine = two(
                EngineFixture.options().maxSequences(2).sequenceContextSize(512).maxPrefillTokens(4))) {
            for (EngineCore core : engine.replicas.cores()) {
                EngineFixture.eachStep(core, loop -> {
                    if (loop.scheduler().running() > 0 && failed.compareAndSet(false, true)) {
                        Generation answer = submitted.join();
                        answer.cancel();
                        EngineFixture.await("cancelled", answer::isFinished);
                        throw new IllegalStateException("the device is lost");
                    }
                    return !failed.get();
                });
            }
            submitted.complete(engine.submit(EngineFixture.greedy(EngineFixture.prompt(new Random(1), 300))
                    .maxTokens(5)
                    .build()));
            EngineFixture.await(
                    "out",
                    () -> engine.replicas.cores().stream()
                            .anyMatch(core -> core.thread().getState() == Thread.State.TERMINATED));
            EngineCore left = engine.replicas.open().get(0);
            EngineFixture.await(
                    "idle", () -> left.meter().queued() + left.meter().running() == 0);
            assertThat(engine.replicas.shared().dispatcher.router().hasRoom(left.index(), 1))
                    .isTrue();
            assertThat(engine.snapshot().cancelled()).isEqualTo(1);
            Generation next =
                    engine.submit(EngineFixture.greedy(5, 6).maxTokens(5).build());
            next.text();
            EngineIT.assertGreedy(model, new int[] {5, 6}, next.tokens());
        }
    }

    @Test
    void copiesOfAdapters_goWithTheirOriginalAndWithTheReplica(@TempDir Path folder) {
        try (Model other = TestModels.tiny();
                LoraAdapter own = EngineFixture.adapter(other, folder, 1);
                LoraAdapter kept = EngineFixture.adapter(model, folder, 2)) {
            AdapterCopies copies = new AdapterCopies(other);
            LoraAdapter original = EngineFixture.adapter(model, folder, 3);
            ControlVector vector = ControlVector.of(List.of(new float[] {1}));
            LoraSet copied = copies.of(LoraSet.of(original).with(vector));
            assertThat(copied.vector()).isSameAs(vector);
            LoraAdapter copy = only(copied);
            assertThat(copy.model()).isSameAs(other);
            original.close();
            copies.of(LoraSet.of(own));
            assertThat(copy.isClosed()).isTrue();
            LoraAdapter second = only(copies.of(LoraSet.of(kept)));
            copies.close();
            assertThat(second.isClosed()).isTrue();
            // A request that was placed before the replica ended.
            LoraSet late = LoraSet.of(kept);
            assertThat(copies.of(late)).isSameAs(late);
        }
    }

    private static LoraAdapter only(LoraSet set) {
        return set.scales().keySet().iterator().next();
    }

    @Test
    void warmThatCannotBeMadeOnOneReplica_isGivenUpOnAll(@TempDir Path folder) throws Exception {
        try (Model other = TestModels.tiny();
                LoraAdapter adapter = EngineFixture.adapter(model, folder, 1);
                Engine engine = Engine.start(
                        List.of(model, other), EngineFixture.options().build())) {
            Files.delete(folder.resolve("a1.gguf"));
            Runnable held = EngineFixture.hold(core(engine, 0));
            PrefixRequest request = PrefixRequest.of(new Prompt.Tokens(new int[] {5, 6, 7}))
                    .withScheduling(SchedulingOptions.defaults().withAdapters(LoraSet.of(adapter)));
            assertThatThrownBy(() -> engine.prefixCache().warm(request)).isInstanceOf(LoraAdapterException.class);
            held.run();
            EngineFixture.await("given up", () -> engine.snapshot().cancelled() == 1);
            EngineFixture.awaitIdle(engine);
            assertThat(engine.snapshot().completed()).isZero();
            assertThat(engine.prefixCache().entries()).isEmpty();
        }
    }

    @Test
    void replicaThatFailsWhileItIsAsked_othersTellWhatTheyKeep() throws Exception {
        try (Engine engine = two(EngineFixture.options())) {
            engine.prefixCache()
                    .warm(PrefixRequest.of(new Prompt.Tokens(EngineFixture.prompt(new Random(2), 100))))
                    .get(2, TimeUnit.MINUTES);
            EngineFixture.await("kept", () -> engine.prefixCache().entries().size() == 2);
            CountDownLatch goOn = new CountDownLatch(1);
            core(engine, 0).loop().tell(loop -> {
                EngineFixture.awaitQuietly(goOn);
                throw new IllegalStateException("the device is lost");
            });
            CompletableFuture<List<CachedPrefix>> told = new CompletableFuture<>();
            Thread asks = new Thread(() -> told.completeAsync(engine.prefixCache()::entries, Runnable::run));
            asks.start();
            EngineFixture.await("asked", () -> asks.getState() == Thread.State.WAITING);
            goOn.countDown();
            assertThat(told.get(2, TimeUnit.MINUTES)).hasSize(1);
            assertThat(engine.isOpen()).isTrue();
            assertThat(engine.drain(Duration.ofMinutes(2))).isTrue();
            assertThatThrownBy(engine.replicas::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }
}
