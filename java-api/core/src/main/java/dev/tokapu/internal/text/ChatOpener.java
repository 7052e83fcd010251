package dev.tokapu.internal.text;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens a conversation whose answers are computed elsewhere; the chat package sets it. */
public final class ChatOpener {

    /** Opens it. */
    public interface Opener {

        /**
         * Opens it.
         *
         * @param model the model
         * @param options how
         * @param answerers makes what computes its answers
         * @return the session
         */
        AutoCloseable open(Object model, Object options, Supplier<Answerer> answerers);
    }

    /** Set when ChatSession is initialized. */
    public static volatile @Nullable Opener opener;

    private ChatOpener() {}
}
