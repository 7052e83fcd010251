package dev.tokapu.server.caller;

import java.util.Collection;
import java.util.Objects;
import java.util.Set;

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
 * @param models the names of the models that it may use, and beginnings of names with a star behind them; none for all models
 * @param rights what it may do beyond asking models
 * @since 0.1
 */
public record Caller(
        String name,
        String tenant,
        int priority,
        boolean namesUsers,
        Quota quota,
        Set<String> models,
        Set<Right> rights) {

    /** Who calls a server without keys, which is a program of this machine. */
    public static final Caller ANYONE =
            new Caller("anyone", "", 0, false, Quota.NONE, Set.of(), Set.of(Right.values()));

    /** Checks the values. */
    public Caller {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(quota, "quota");
        models = Set.copyOf(models);
        rights = Set.copyOf(rights);
    }

    /** {@return whether it has a right} */
    public boolean may(Right right) {
        return rights.contains(right);
    }

    /** {@return whether it may use a model that has these names} */
    public boolean mayUse(Collection<String> names) {
        return models.isEmpty()
                || names.stream().anyMatch(name -> models.stream().anyMatch(one -> matches(one, name)));
    }

    /** {@return whether it has this name and tenant} */
    public boolean isNamed(String otherName, String otherTenant) {
        return name.equals(otherName) && tenant.equals(otherTenant);
    }

    /** {@return the same with another priority} */
    public Caller withPriority(int value) {
        return new Caller(name, tenant, value, namesUsers, quota, models, rights);
    }

    private static boolean matches(String allowed, String name) {
        return allowed.endsWith("*")
                ? name.startsWith(allowed.substring(0, allowed.length() - 1))
                : allowed.equals(name);
    }
}
