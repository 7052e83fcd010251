package dev.tokapu.engine.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Somebody whom requests are computed for. */
final class Tenant {

    /** Tokens computed for it, in the account of {@link Tenants}. */
    long service;

    /** Requests that wait or run. */
    int requests;

    /** Those of them that wait, by priority. */
    final Map<Integer, WaitingLine> lines = new HashMap<>();

    static Tenant of(ScheduledRequest<?> request) {
        return Objects.requireNonNull(request.tenant, "tenant of a request that was not offered");
    }
}
