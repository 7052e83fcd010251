package dev.tokapu.tool;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The tools that a model may call, with what holds for all of them: choice, approval, limits, errors, threads.
 *
 * <p>{@link #run} runs calls by hand; {@link #start} does so with a deadline and a way to cancel.
 *
 * <p>Thread safety: immutable; bodies and hooks as written.
 *
 * @since 0.1
 */
public final class Tools {

    private final Map<String, Tool> byName;
    private final ToolChoice choice;
    private final @Nullable ToolApproval approval;
    private final BiFunction<? super ToolCall, ? super Throwable, String> onError;
    private final int maxRounds;
    private final int maxCalls;
    private final @Nullable Duration maxTime;
    private final @Nullable Duration timeout;
    private final Executor executor;
    private final boolean parallel;

    Tools(ToolsBuilder builder) {
        this.byName = new LinkedHashMap<>(builder.byName);
        this.choice = builder.choice;
        this.approval = builder.approval;
        this.onError = builder.onError;
        this.maxRounds = builder.maxRounds;
        this.maxCalls = builder.maxCalls;
        this.maxTime = builder.maxTime;
        this.timeout = builder.timeout;
        this.executor = builder.executor;
        this.parallel = builder.parallel;
    }

    /**
     * Tools with the defaults.
     *
     * @param tools the tools, with different names
     * @return the tools
     * @throws IllegalArgumentException when two have the same name
     */
    public static Tools of(Tool... tools) {
        return builder().add(tools).build();
    }

    /** {@return a builder that starts with the defaults and no tools} */
    public static ToolsBuilder builder() {
        return new ToolsBuilder();
    }

    /** {@return a builder that starts with these tools} */
    public ToolsBuilder toBuilder() {
        ToolsBuilder builder = builder().add(byName.values()).choice(choice).onError(onError);
        builder.approval = approval;
        builder.maxRounds = maxRounds;
        builder.maxCalls = maxCalls;
        builder.maxTime = maxTime;
        builder.timeout = timeout;
        builder.executor = executor;
        builder.parallel = parallel;
        return builder;
    }

    /** {@return the tools, in the order in which they were added} */
    public List<Tool> tools() {
        return List.copyOf(byName.values());
    }

    /** {@return what the model reads of the tools} */
    public List<ToolDefinition> definitions() {
        return byName.values().stream().map(Tool::definition).toList();
    }

    /**
     * A tool by its name.
     *
     * @param name what the model calls it
     * @return the tool; empty when there is none
     */
    public Optional<Tool> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** {@return whether the model may, must or must not call tools} */
    public ToolChoice choice() {
        return choice;
    }

    /** {@return how many times the model may call tools, once or in parallel, before it has to answer} */
    public int maxRounds() {
        return maxRounds;
    }

    /** {@return how many calls may be made in all before the model has to answer} */
    public int maxCalls() {
        return maxCalls;
    }

    /** {@return how long everything may take until the answer is there, or null for no limit} */
    public @Nullable Duration maxTime() {
        return maxTime;
    }

    /** {@return how long a call may take of a tool that has no limit of its own, or null for no limit} */
    public @Nullable Duration timeout() {
        return timeout;
    }

    /** {@return whether the model may call several tools at once, which then run in parallel} */
    public boolean parallel() {
        return parallel;
    }

    @Nullable
    ToolApproval approval() {
        return approval;
    }

    Executor executor() {
        return executor;
    }

    /** What the model is told of an exception. */
    String errorText(ToolCall call, Throwable error) {
        return Objects.requireNonNull(onError.apply(call, error), "the text of onError");
    }

    /**
     * Runs calls and waits for all of them. What goes wrong with a call is an error result for the model: an unknown tool,
     * arguments that do not fit, a refusal, an exception, a timeout.
     *
     * @param calls what the model asked for
     * @return the results, in the order of the calls
     * @throws java.util.concurrent.CancellationException when this thread is interrupted; its interrupt status stays set, and
     *     the running calls are interrupted
     */
    public List<ToolResult> run(List<ToolCall> calls) {
        try (ToolRun run = start(calls, null)) {
            return run.results();
        }
    }

    /**
     * Starts calls.
     *
     * @param calls what the model asked for
     * @param limit how long they may take in all, or null for no limit; what is not done then is an error result
     * @return the running calls; close it
     */
    public ToolRun start(List<ToolCall> calls, @Nullable Duration limit) {
        return new ToolRun(this, calls).start(limit);
    }

    @Override
    public String toString() {
        return "Tools" + byName.keySet();
    }
}
