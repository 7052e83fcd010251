package dev.tokapu.tool;

import org.jspecify.annotations.Nullable;

/**
 * The body of a tool: takes the arguments of a call and gives its result. What it throws goes to {@link
 * ToolsBuilder#onError}.
 *
 * <p>It runs on a thread of the call's own, unless the tools have an executor. A timeout and a cancel interrupt it.
 *
 * <p>Thread safety: as implemented; parallel calls run it on several threads at once.
 *
 * @param <A> the arguments
 * @param <R> the result
 * @since 0.1
 */
@FunctionalInterface
public interface ToolFunction<A extends @Nullable Object, R extends @Nullable Object> {

    /**
     * Runs the tool.
     *
     * @param arguments of the call, which fit the schema
     * @return the result
     * @throws Exception when it fails
     */
    R apply(A arguments) throws Exception;
}
