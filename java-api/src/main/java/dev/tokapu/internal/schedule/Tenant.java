package dev.tokapu.internal.schedule;

import java.util.Objects;

/** Somebody whom jobs are computed for. */
final class Tenant {

    /** Tokens computed for it, in the account of {@link Tenants}. */
    long service;

    /** Jobs that wait or run. */
    int jobs;

    static Tenant of(Job job) {
        return Objects.requireNonNull(job.tenant, "tenant of a job that was not offered");
    }
}
