package dev.tokapu.server.caller;

import java.util.Objects;

/**
 * Whose call it is, and what that allows.
 *
 * <p>Thread safety: safe.
 *
 * @param name for the log
 * @param tenant whose computed tokens and fair share it takes
 * @param priority the highest priority that its calls may have, and have unless they ask for less
 * @param namesUsers whether a call may name a user, who is a tenant of its own then
 * @param quota how much it may ask for
 * @since 0.1
 */
public record Caller(String name, String tenant, int priority, boolean namesUsers, Quota quota) {

    /** Who calls a server without keys. */
    public static final Caller ANYONE = new Caller("anyone", "", 0, false, Quota.NONE);

    /** Checks the values. */
    public Caller {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(quota, "quota");
    }
}
