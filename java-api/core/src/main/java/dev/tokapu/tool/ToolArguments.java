package dev.tokapu.tool;

import org.jspecify.annotations.Nullable;

/**
 * The arguments of a tool: their JSON Schema, and the way from the model's JSON to what the tool takes. The artifact {@code
 * tokapu-structured} makes them of Java types.
 *
 * <p>Thread safety: immutable.
 *
 * @param <A> what the tool takes
 * @since 0.1
 */
public interface ToolArguments<A> {

    /** {@return the JSON Schema that arguments are checked against} */
    String schema();

    /** {@return the JSON Schema that the model reads, without what only machines need} */
    String promptSchema();

    /**
     * Checks and reads the arguments of a call.
     *
     * @param json what the model wrote
     * @return the arguments
     * @throws IllegalArgumentException when they do not fit; the message names path and problem, for the model
     */
    A read(String json);

    /**
     * Writes a result.
     *
     * @param result what the tool gave; no text
     * @return JSON
     * @throws IllegalArgumentException when it cannot be written
     */
    String write(@Nullable Object result);
}
