package dev.tokapu.internal;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import java.lang.invoke.MethodHandles;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The door to the native handles of public classes, for the other packages of this module.
 *
 * <p>{@link Model} and {@link Context} hand in a function when they are initialized, which is before an instance exists; {@link ChatSession} when it is asked for.
 *
 * <p>Thread safety: safe.
 */
public final class Access {

    private static volatile @Nullable Function<Model, NativeHandle> models;
    private static volatile @Nullable Function<Context, NativeHandle> contexts;

    private static volatile @Nullable ChatOpener chats;

    /** Opens a conversation whose answers are computed elsewhere. */
    public interface ChatOpener {

        /**
         * Opens it.
         *
         * @param model the model
         * @param options how
         * @param answerers makes what computes its answers, and those of its forks
         * @return the session
         */
        ChatSession open(Model model, ChatOptions options, Supplier<Answerer> answerers);
    }

    private Access() {}

    /**
     * Opens the door to conversations.
     *
     * @param opener opens one
     */
    public static void ofChats(ChatOpener opener) {
        chats = opener;
    }

    /**
     * The door to conversations.
     *
     * @return opens one
     */
    public static ChatOpener chats() {
        try {
            MethodHandles.lookup().ensureInitialized(ChatSession.class);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("ChatSession cannot be initialized", e);
        }
        ChatOpener opener = chats;
        if (opener == null) {
            throw new IllegalStateException("ChatSession is not initialized");
        }
        return opener;
    }

    /**
     * Opens the door to models.
     *
     * @param handleOf the handle of a model
     */
    public static void ofModels(Function<Model, NativeHandle> handleOf) {
        models = handleOf;
    }

    /**
     * Opens the door to contexts.
     *
     * @param handleOf the handle of a context
     */
    public static void ofContexts(Function<Context, NativeHandle> handleOf) {
        contexts = handleOf;
    }

    /**
     * The handle of a model.
     *
     * @param model the model
     * @return its handle
     */
    public static NativeHandle handle(Model model) {
        return use(models, model);
    }

    /**
     * The handle of a context.
     *
     * @param context the context
     * @return its handle
     */
    public static NativeHandle handle(Context context) {
        return use(contexts, context);
    }

    private static <T> NativeHandle use(@Nullable Function<T, NativeHandle> handleOf, T object) {
        if (handleOf == null) {
            throw new IllegalStateException(object + " is not initialized");
        }
        return handleOf.apply(object);
    }
}
