package dev.tokapu.text;

import dev.tokapu.Context;
import dev.tokapu.SequenceState;

/**
 * A generator that remembers its last text: a prompt that begins alike costs only its rest, and what is remembered can be kept and
 * handed on.
 *
 * <p>Thread safety: confined, but for {@link #close}.
 *
 * @since 0.1
 */
public interface StatefulGenerator extends TextGenerator, AutoCloseable {

    /**
     * What is remembered of the last text; a text that has not ended is cancelled.
     *
     * @return the state, to be closed by the caller
     */
    SequenceState state();

    /**
     * Remembers another text in place of the last one, which is cancelled if it has not ended.
     *
     * @param state what {@link #state} gave
     * @return whether the state is one of this model, release and settings; when not, nothing is remembered
     */
    boolean restore(SequenceState state);

    /**
     * A second generator of the same kind, which remembers nothing.
     *
     * @return the generator, to be closed by the caller
     */
    StatefulGenerator another();

    /**
     * The context that texts are computed in: sequence 0 holds the last one. Reading from it is fine, and giving it other LoRA adapters
     * or another control vector between two texts; decoding in it or changing its KV cache is not.
     *
     * @return the context, closed with the generator
     */
    Context context();

    /** Frees what it holds; a text that is being generated ends with an exception. Idempotent, any thread. */
    @Override
    void close();
}
