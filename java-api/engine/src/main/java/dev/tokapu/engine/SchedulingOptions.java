package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When an {@link Engine} serves a request, and with which adapters.
 *
 * <p>Thread safety: immutable.
 *
 * @param adapters the LoRA adapters and the control vector that it is computed with; requests with the same ones share steps
 * @param priority larger goes first
 * @param deadline from the submission: what is not finished then ends with {@link dev.tokapu.text.FinishReason#DEADLINE}; null for none
 * @param tenant whom it is for: tenants share the model evenly
 * @since 0.1
 */
public record SchedulingOptions(
        LoraSet adapters, int priority, @Nullable Duration deadline, String tenant) {

    /** The tenant of requests that name none. */
    public static final String DEFAULT_TENANT = "";

    private static final SchedulingOptions DEFAULTS = new SchedulingOptions(LoraSet.NONE, 0, null, DEFAULT_TENANT);

    /** Checks the values. */
    public SchedulingOptions {
        Objects.requireNonNull(adapters, "adapters");
        Objects.requireNonNull(tenant, "tenant");
        if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
            throw new IllegalArgumentException("deadline is " + deadline + "; it must be in the future");
        }
    }

    /**
     * The model as it is, priority 0, no deadline, no tenant's name.
     *
     * @return the options
     */
    public static SchedulingOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The same with other adapters.
     *
     * @param value the adapters
     * @return the options
     */
    public SchedulingOptions withAdapters(LoraSet value) {
        return new SchedulingOptions(value, priority, deadline, tenant);
    }

    /**
     * The same with another priority.
     *
     * @param value larger goes first
     * @return the options
     */
    public SchedulingOptions withPriority(int value) {
        return new SchedulingOptions(adapters, value, deadline, tenant);
    }

    /**
     * The same with a deadline.
     *
     * @param value from the submission; null for none
     * @return the options
     */
    public SchedulingOptions withDeadline(@Nullable Duration value) {
        return new SchedulingOptions(adapters, priority, value, tenant);
    }

    /**
     * The same for another tenant.
     *
     * @param value its name
     * @return the options
     */
    public SchedulingOptions withTenant(String value) {
        return new SchedulingOptions(adapters, priority, deadline, value);
    }
}
