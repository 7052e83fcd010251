package dev.tokapu.langchain4j;

import dev.tokapu.Playbook;
import dev.tokapu.sampling.Sampler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A streamed answer of many words to {@link #PROMPT}. */
final class LongAnswer {

    static final String PROMPT = "Go on";
    static final int WORDS = 300;
    static final String TEXT = "word ".repeat(WORDS) + "end";

    private static final Playbook PLAYBOOK = new Playbook().says(PROMPT, TEXT);

    private LongAnswer() {}

    /** A chat model that gives the answer. */
    static TokapuStreamingChatModel.Builder of(ScriptedEngine engine) {
        return engine.streaming(PLAYBOOK);
    }

    /** One that does something for each token. */
    static TokapuStreamingChatModel watched(ScriptedEngine engine, Runnable token) {
        return of(engine)
                .defaultRequestParameters(TokapuChatRequestParameters.builder()
                        .samplersFirst(
                                List.of(PLAYBOOK.sampler(engine.model()), Sampler.custom(candidates -> token.run())))
                        .build())
                .build();
    }

    /** One whose answer ends only behind the gate: what happens before it opens is in time. */
    static TokapuStreamingChatModel gated(ScriptedEngine engine, CompletableFuture<Void> gate) {
        AtomicInteger sampled = new AtomicInteger();
        return watched(engine, () -> {
            if (sampled.incrementAndGet() > WORDS / 10) {
                gate.join();
            }
        });
    }

    /** A closed gate, which opens by itself when a test fails to open it. */
    static CompletableFuture<Void> gate() {
        return new CompletableFuture<Void>().completeOnTimeout(null, 60, TimeUnit.SECONDS);
    }

    static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
