package dev.tokapu.internal;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;

/**
 * Whether the KV cache of a model supports exact rollback of recent tokens.
 *
 * <p>Thread safety: stateless.
 */
public final class RollbackSupport {

    private RollbackSupport() {}

    /**
     * Whether the last tokens of a sequence can be removed as if they had never been there.
     *
     * @param model the model
     * @param options of its context
     * @return false where removing leaves a trace, or something is missing afterwards
     */
    public static boolean isExact(Model model, ContextOptions options) {
        return !keepsState(model) && !losesWindow(model, options);
    }

    /**
     * Whether it keeps a recurrent state, alone or beside a KV cache, in which tokens cannot be told apart.
     *
     * @param model the model
     * @return true for recurrent and hybrid models
     */
    public static boolean keepsState(Model model) {
        return model.isRecurrent() || model.isHybrid();
    }

    /**
     * Whether its sliding window would lack tokens: those that removed ones had pushed out of it.
     *
     * @param model the model
     * @param options of its context
     * @return true for models with a sliding window, unless the context holds more than that
     */
    public static boolean losesWindow(Model model, ContextOptions options) {
        return model.slidingWindow() > 0 && !options.swaFull();
    }
}
