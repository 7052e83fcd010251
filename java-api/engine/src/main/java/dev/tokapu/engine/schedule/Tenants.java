package dev.tokapu.engine.schedule;

import java.util.HashMap;
import java.util.Map;

/**
 * The account of what was computed for whom.
 *
 * <p>A tenant that becomes active starts at the least service of the active tenants: idle time earns no credit. Debts stay while any
 * tenant has requests. When none has, the account starts anew, so that it does not grow with tenants that never return.
 */
final class Tenants {

    /** Tenants without requests are looked through when they may be this many more than those with requests. */
    private static final int SLACK = 64;

    private final Map<Object, Tenant> tenants = new HashMap<>();
    private int active;
    private int sweepAt = SLACK;
    private long least; // service of the active tenants
    private int atLeast; // active tenants that have it; 0: to be looked for

    void enter(ScheduledRequest<?> request) {
        Tenant tenant = tenants.get(request.tenant());
        if (tenant == null) {
            if (tenants.size() >= sweepAt) {
                sweep();
            }
            tenant = new Tenant();
            tenants.put(request.tenant(), tenant);
        }
        if (tenant.requests == 0) {
            tenant.service = Math.max(tenant.service, leastService());
            active++;
            least = active == 1 ? tenant.service : least;
            atLeast += tenant.service == least ? 1 : 0;
        }
        tenant.requests++;
        request.tenant = tenant;
    }

    /** Tokens were computed for a tenant. */
    void serve(Tenant tenant, int tokens) {
        atLeast -= tenant.requests > 0 && tenant.service == least ? 1 : 0;
        tenant.service += tokens;
    }

    void leave(ScheduledRequest<?> request) {
        Tenant tenant = Tenant.of(request);
        tenant.requests--;
        if (tenant.requests == 0) {
            active--;
            atLeast -= tenant.service == least ? 1 : 0;
        }
        if (active == 0) {
            tenants.clear();
            sweepAt = SLACK;
            atLeast = 0;
        }
    }

    /** The least service of the tenants with requests; 0 without any. */
    private long leastService() {
        if (active == 0) {
            return 0;
        }
        if (atLeast <= 0) {
            least = Long.MAX_VALUE;
            for (Tenant tenant : tenants.values()) {
                if (tenant.requests > 0 && tenant.service <= least) {
                    atLeast = tenant.service < least ? 1 : atLeast + 1;
                    least = tenant.service;
                }
            }
        }
        return least;
    }

    /** Forgets those who would be raised anyway when they come back. */
    private void sweep() {
        long service = leastService();
        tenants.values().removeIf(tenant -> tenant.requests == 0 && tenant.service <= service);
        sweepAt = 2 * tenants.size() + SLACK;
    }

    /** Tenants that the account remembers, for tests. */
    int size() {
        return tenants.size();
    }
}
