package dev.tokapu.server.generate;

import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * On which terms a call is served.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Terms {

    private static final int LOWEST_PRIORITY = -1000;

    /** Of service_tier: how much lower than the caller's the priority of those is that wait for others. */
    private static final int FLEX = 10;

    private Terms() {}

    /**
     * The terms of a call, as OpenAI's APIs say them: service_tier, prompt_cache_key and user, and priority.
     *
     * @param caller who calls
     * @param body the body of a request
     * @return the options
     * @throws dev.tokapu.server.problem.ProblemException that names the parameter that is wrong
     */
    public static SchedulingOptions read(Caller caller, JsonObject body) {
        int most = caller.priority();
        Integer priority = body.integer("priority", Math.min(LOWEST_PRIORITY, most), most);
        JsonValue tier = body.get("service_tier");
        if (tier != null && tier.oneOf("auto", "default", "flex").equals("flex") && priority == null) {
            priority = most - FLEX;
        }
        String user = body.text("prompt_cache_key");
        String named = body.text("user");
        return of(caller, priority, user == null ? named : user);
    }

    /**
     * The terms of a call.
     *
     * @param caller who calls
     * @param priority what it asks for, at most the caller's; null for that
     * @param user whom it names; counts only where the caller may name users
     * @return the options
     */
    public static SchedulingOptions of(Caller caller, @Nullable Integer priority, @Nullable String user) {
        String tenant = user == null || !caller.namesUsers() ? caller.tenant() : caller.tenant() + '/' + user;
        return SchedulingOptions.defaults()
                .withTenant(tenant)
                .withPriority(priority == null ? caller.priority() : Math.min(priority, caller.priority()));
    }
}
