package dev.tokapu.tool;

import dev.tokapu.internal.util.Checks;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A builder for {@link Tools}.
 *
 * <p>Thread safety: confined.
 *
 * @since 0.1
 */
public final class ToolsBuilder {

    final Map<String, Tool> byName = new LinkedHashMap<>();
    ToolChoice choice = ToolChoice.auto();

    @Nullable
    ToolApproval approval;

    BiFunction<? super ToolCall, ? super Throwable, String> onError = ToolErrors::message;
    int maxRounds = 10;
    int maxCalls = Integer.MAX_VALUE;

    @Nullable
    Duration maxTime;

    @Nullable
    Duration timeout;

    Executor executor = ToolThreads.EXECUTOR;
    boolean parallel = true;

    ToolsBuilder() {}

    /**
     * Adds tools.
     *
     * @param tools the tools
     * @return this
     * @throws IllegalArgumentException when there is one of the same name
     */
    public ToolsBuilder add(Tool... tools) {
        return add(List.of(tools));
    }

    /**
     * Adds tools, for example all of {@link Tool#methodsOf}.
     *
     * @param tools the tools
     * @return this
     * @throws IllegalArgumentException when there is one of the same name
     */
    public ToolsBuilder add(Collection<Tool> tools) {
        for (Tool tool : tools) {
            if (byName.putIfAbsent(tool.name(), tool) != null) {
                throw new IllegalArgumentException(
                        "two tools have the name '" + tool.name() + "'; give one of them another");
            }
        }
        return this;
    }

    /**
     * Sets whether the model may, must or must not call tools.
     *
     * @param value auto unless set
     * @return this
     */
    public ToolsBuilder choice(ToolChoice value) {
        choice = Objects.requireNonNull(value, "choice");
        return this;
    }

    /**
     * Sets a hook that is asked before each call runs.
     *
     * @param value decides; none unless set
     * @return this
     */
    public ToolsBuilder approval(ToolApproval value) {
        approval = Objects.requireNonNull(value, "approval");
        return this;
    }

    /**
     * Sets what the model is told when a tool throws. What the hook itself throws ends the run. {@link Error}s do so in any
     * case, but for {@link StackOverflowError} and {@link AssertionError}.
     *
     * @param value takes call and exception and gives a text; the exception's message unless set
     * @return this
     */
    public ToolsBuilder onError(BiFunction<? super ToolCall, ? super Throwable, String> value) {
        onError = Objects.requireNonNull(value, "onError");
        return this;
    }

    /**
     * Limits how many times the model may call tools, once or in parallel, before it has to answer.
     *
     * @param value 10 unless set
     * @return this
     */
    public ToolsBuilder maxRounds(int value) {
        Checks.atLeast("maxRounds", value, 1);
        maxRounds = value;
        return this;
    }

    /**
     * Limits how many calls may be made in all before the model has to answer.
     *
     * @param value any number unless set
     * @return this
     */
    public ToolsBuilder maxCalls(int value) {
        Checks.atLeast("maxCalls", value, 1);
        maxCalls = value;
        return this;
    }

    /**
     * Limits how long everything may take, answers and calls, until the last answer is there.
     *
     * @param value no limit unless set
     * @return this
     */
    public ToolsBuilder maxTime(Duration value) {
        Checks.positive("maxTime", value);
        maxTime = value;
        return this;
    }

    /**
     * Limits how long a call may take of a tool that has no limit of its own.
     *
     * @param value no limit unless set
     * @return this
     */
    public ToolsBuilder timeout(Duration value) {
        Checks.positive("timeout", value);
        timeout = value;
        return this;
    }

    /**
     * Sets what runs the calls.
     *
     * @param value takes a task for each call; a daemon thread for each call unless set
     * @return this
     */
    public ToolsBuilder executor(Executor value) {
        executor = Objects.requireNonNull(value, "executor");
        return this;
    }

    /**
     * Sets whether the model may call several tools at once, which then run in parallel.
     *
     * @param value true unless set
     * @return this
     */
    public ToolsBuilder parallel(boolean value) {
        parallel = value;
        return this;
    }

    /**
     * The tools.
     *
     * @return the tools
     * @throws IllegalArgumentException when the choice asks for a tool that is not there
     */
    public Tools build() {
        boolean missing = choice.kind() == ToolChoice.Kind.NAMED && !byName.containsKey(String.valueOf(choice.name()));
        if (missing || (choice.kind() == ToolChoice.Kind.REQUIRED && byName.isEmpty())) {
            throw new IllegalArgumentException(
                    "the tool choice is " + choice + ", but the tools are " + byName.keySet());
        }
        return new Tools(this);
    }
}
