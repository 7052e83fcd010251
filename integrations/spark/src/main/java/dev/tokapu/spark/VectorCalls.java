package dev.tokapu.spark;

import dev.tokapu.engine.EmbedRequest;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.ranking.RerankPrompt;
import dev.tokapu.text.Usage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Vectors of texts and scores of documents, on an engine that makes embeddings. */
final class VectorCalls {

    private VectorCalls() {}

    static RowCalls embedding(Engine engine, @Nullable Duration deadline) {
        return texts -> begin(engine, engine.model().vocab().tokenize(texts[0]), deadline, VectorCalls::boxed);
    }

    static RowCalls ranking(Engine engine, @Nullable Duration deadline) {
        RerankPrompt prompt = RerankPrompt.of(engine.model());
        return texts ->
                begin(engine, prompt.query(texts[0]).tokens(texts[1]), deadline, outputs -> (Object) outputs[0]);
    }

    private static RowCall begin(
            Engine engine, int[] tokens, @Nullable Duration deadline, Function<float[], Object> value) {
        EmbedRequest request = EmbedRequest.builder(tokens)
                .scheduling(SchedulingOptions.defaults().withDeadline(deadline))
                .build();
        return new Computing(engine.embed(request), new Usage(tokens.length, 0, 0), value);
    }

    /** As Spark takes an array. */
    private static Object boxed(float[] vector) {
        Float[] numbers = new Float[vector.length];
        for (int i = 0; i < vector.length; i++) {
            numbers[i] = vector[i];
        }
        return numbers;
    }

    /** A vector that is computed. */
    private record Computing(CompletableFuture<float[]> end, Usage usage, Function<float[], Object> value)
            implements RowCall {

        @Override
        public RowResult result() {
            return new RowResult(null, value.apply(end.join()), null, usage, null);
        }

        @Override
        public void cancel() {
            end.cancel(true);
        }
    }
}
