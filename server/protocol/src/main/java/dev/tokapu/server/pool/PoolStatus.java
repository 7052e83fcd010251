package dev.tokapu.server.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How it is with a model of a {@link ModelPool}.
 *
 * <p>Thread safety: immutable.
 *
 * @param state where it is
 * @param model the model where it is loaded, which may be unloaded at any time: for figures alone; null where it is not
 * @param failure why it could not be loaded the last time; null when nothing went wrong
 * @param leases how many requests use it
 * @param waiting how many requests wait for it
 * @param expires until when it stays without a request; null while it is used or not loaded, {@link PoolOptions#FOREVER} for no end
 * @param <M> what is loaded
 * @since 0.1
 */
public record PoolStatus<M extends PooledModel>(
        ModelState state,
        @Nullable M model,
        @Nullable String failure,
        int leases,
        int waiting,
        @Nullable Duration expires) {}
