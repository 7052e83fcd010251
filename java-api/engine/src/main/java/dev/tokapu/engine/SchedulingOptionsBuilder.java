package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link SchedulingOptions} as every builder of a request has them.
 *
 * <p>Thread safety: confined.
 *
 * @param <B> the builder
 * @since 0.1
 */
public interface SchedulingOptionsBuilder<B extends SchedulingOptionsBuilder<B>> {

    /**
     * What is set.
     *
     * @return the options
     */
    SchedulingOptions scheduling();

    /**
     * Sets all of it: adapters, priority, deadline and tenant.
     *
     * @param value the options
     * @return this
     */
    B scheduling(SchedulingOptions value);

    /**
     * Sets the LoRA adapters and the control vector that it is computed with; requests with the same ones share steps.
     *
     * @param value the adapters
     * @return this
     */
    default B adapters(LoraSet value) {
        return scheduling(scheduling().withAdapters(value));
    }

    /**
     * Sets the priority.
     *
     * @param value larger goes first
     * @return this
     */
    default B priority(int value) {
        return scheduling(scheduling().withPriority(value));
    }

    /**
     * Sets how long it may take, from the submission.
     *
     * @param value what is not finished then ends with {@link dev.tokapu.text.FinishReason#DEADLINE}; null for no deadline
     * @return this
     */
    default B deadline(@Nullable Duration value) {
        return scheduling(scheduling().withDeadline(value));
    }

    /**
     * Sets whom it is for: tenants share the model evenly.
     *
     * @param value the tenant's name
     * @return this
     */
    default B tenant(String value) {
        return scheduling(scheduling().withTenant(value));
    }
}
