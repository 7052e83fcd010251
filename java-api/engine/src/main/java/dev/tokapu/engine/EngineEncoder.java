package dev.tokapu.engine;

import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.embedding.TextEncoder;
import dev.tokapu.embedding.VectorReceiver;
import dev.tokapu.internal.text.EncoderInput;
import java.util.List;

/**
 * An engine as the encoder of many texts, on terms of their own.
 *
 * <p>Thread safety: safe.
 */
record EngineEncoder(Engine engine, SchedulingOptions scheduling) implements TextEncoder {

    @Override
    public Model model() {
        return engine.model();
    }

    @Override
    public int sequenceContextSize() {
        return engine.sequenceContextSize();
    }

    @Override
    public Pooling pooling() {
        return engine.pooling();
    }

    @Override
    public void encode(List<int[]> texts, VectorReceiver receiver) {
        List<int[]> copy = List.copyOf(texts);
        EncoderInput.check(copy, sequenceContextSize(), model().vocab().size(), "EngineOptions.sequenceContextSize");
        new EncoderRun(this, copy).giveTo(receiver);
    }

    @Override
    public String toString() {
        return engine.toString();
    }
}
