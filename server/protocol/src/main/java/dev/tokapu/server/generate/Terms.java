package dev.tokapu.server.generate;

import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.model.ServedModel;
import org.jspecify.annotations.Nullable;

/**
 * On which terms a call is served.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Terms {

    private Terms() {}

    /**
     * The terms of a call.
     *
     * @param caller who calls
     * @param model what it asks for
     * @param priority what it asks for, at most the caller's; null for that
     * @param user whom it names; counts only where the caller may name users
     * @return the options
     */
    public static SchedulingOptions of(
            Caller caller, ServedModel model, @Nullable Integer priority, @Nullable String user) {
        String tenant = user == null || !caller.namesUsers() ? caller.tenant() : caller.tenant() + '/' + user;
        return SchedulingOptions.defaults()
                .withAdapters(model.adapters())
                .withTenant(tenant)
                .withPriority(priority == null ? caller.priority() : Math.min(priority, caller.priority()));
    }
}
