package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * On what terms an {@link Engine} serves a request; a {@link Request} has the same ones of its own.
 *
 * <p>Thread safety: immutable.
 *
 * @param adapters the LoRA adapters that it is computed with; requests with the same ones share steps
 * @param priority larger goes first
 * @param deadline from the submission; null for none
 * @param tenant whom it is for: tenants share the model evenly
 * @since 0.1
 */
public record Terms(
        LoraSet adapters, int priority, @Nullable Duration deadline, String tenant) {

    private static final Terms DEFAULTS = new Terms(LoraSet.NONE, 0, null, Request.DEFAULT_TENANT);

    /** Checks the values. */
    public Terms {
        check(adapters, deadline, tenant);
    }

    /** The check that requests of all kinds share. */
    static void check(LoraSet adapters, @Nullable Duration deadline, String tenant) {
        Objects.requireNonNull(adapters, "adapters");
        Objects.requireNonNull(tenant, "tenant");
        if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
            throw new IllegalArgumentException("deadline is " + deadline + "; it must be in the future");
        }
    }

    /**
     * The model as it is, priority 0, no deadline, no tenant's name.
     *
     * @return the terms
     */
    public static Terms defaults() {
        return DEFAULTS;
    }

    /**
     * The same with other adapters.
     *
     * @param value the adapters
     * @return the terms
     */
    public Terms withAdapters(LoraSet value) {
        return new Terms(value, priority, deadline, tenant);
    }

    /**
     * The same with another priority.
     *
     * @param value larger goes first
     * @return the terms
     */
    public Terms withPriority(int value) {
        return new Terms(adapters, value, deadline, tenant);
    }

    /**
     * The same with a deadline.
     *
     * @param value from the submission; null for none
     * @return the terms
     */
    public Terms withDeadline(@Nullable Duration value) {
        return new Terms(adapters, priority, value, tenant);
    }

    /**
     * The same for another tenant.
     *
     * @param value its name
     * @return the terms
     */
    public Terms withTenant(String value) {
        return new Terms(adapters, priority, deadline, value);
    }
}
