package dev.tokapu.engine;

import dev.tokapu.Pooling;
import dev.tokapu.embedding.VectorReceiver;
import dev.tokapu.internal.text.EncoderInput;
import dev.tokapu.internal.util.TextsAhead;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * Has an engine compute many texts, the longest first, a few steps ahead of what has been received: so the queue keeps room for other requests.
 *
 * <p>Thread safety: confined to the thread that wants the vectors.
 */
final class EncoderRun {

    private final EngineEncoder encoder;
    private final List<int[]> texts;
    private final boolean each;
    private final int[] order;
    private final int ahead;
    private final Deque<Submitted<?>> submitted = new ArrayDeque<>();
    private int next;

    /** A text that the engine has. */
    private record Submitted<R>(int text, CompletableFuture<R> result, Function<R, float[][]> form) {

        float[][] vectors() throws InterruptedException, ExecutionException {
            return form.apply(result.get());
        }
    }

    EncoderRun(EngineEncoder encoder, List<int[]> texts) {
        this.encoder = encoder;
        this.texts = texts;
        this.each = encoder.pooling() == Pooling.NONE;
        this.ahead = TextsAhead.of(encoder.engine().options().maxSequences());
        this.order = EncoderInput.longestFirst(texts);
    }

    void giveTo(VectorReceiver receiver) {
        try {
            while (next < order.length || !submitted.isEmpty()) {
                fill();
                if (!receiver.receive(submitted.element().text(), vectors(submitted.element()))) {
                    throw new CancellationException("cancelled; texts are left that have no vectors");
                }
                submitted.remove();
            }
        } finally {
            submitted.forEach(one -> one.result().cancel(false));
        }
    }

    /** A full queue is no failure as long as texts of this call are in it. */
    private void fill() {
        while (next < order.length && submitted.size() < ahead) {
            try {
                submitted.add(submit(order[next]));
                next++;
            } catch (RequestRejectedException e) {
                if (submitted.isEmpty()) {
                    throw e;
                }
                return;
            }
        }
    }

    private Submitted<?> submit(int text) {
        EmbedRequest request = EmbedRequest.builder(texts.get(text))
                .normalized(false)
                .scheduling(encoder.scheduling())
                .build();
        Engine engine = encoder.engine();
        return each
                ? new Submitted<>(text, engine.embedTokens(request), vectors -> vectors.toArray(float[][]::new))
                : new Submitted<>(text, engine.embed(request), vector -> new float[][] {vector});
    }

    private float[][] vectors(Submitted<?> text) {
        try {
            return text.vectors();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw EncoderInput.interrupted();
        } catch (CancellationException e) {
            encoder.engine().replicas.requireOpen();
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof GenerationException failure
                    ? failure
                    : new GenerationException("a text has no vector: " + e.getMessage(), e.getCause());
        }
    }
}
