package dev.tokapu.server.batches;

/**
 * How much is done of batches, and how much of it at a time.
 *
 * <p>Thread safety: immutable.
 *
 * @param parallel how many requests of batches are answered at the same time, of all models
 * @param requests how many requests a batch may have
 * @param bytes how long the file of a batch may be
 * @param lineBytes how long a line of it may be
 * @param tenantBatches how many batches of a tenant may be unfinished
 * @param batches how many batches of all tenants may be unfinished
 * @since 0.1
 */
public record BatchLimits(int parallel, int requests, long bytes, int lineBytes, int tenantBatches, int batches) {

    private static final BatchLimits DEFAULTS = new BatchLimits(4, 50_000, 200_000_000, 32 << 20, 16, 128);

    /** Checks the values. */
    public BatchLimits {
        if (parallel < 1 || requests < 1 || bytes < 1 || lineBytes < 1 || tenantBatches < 1 || batches < 1) {
            throw new IllegalArgumentException("the limits of batches are " + parallel + " at a time, " + requests
                    + " requests, " + bytes + " and " + lineBytes + " bytes, " + tenantBatches + " and " + batches
                    + " batches; each must be 1 or more");
        }
    }

    /** {@return 4 requests at a time; 50,000 requests and 200 MB a batch, 32 MiB a line; 16 unfinished batches a tenant, 128 in all} */
    public static BatchLimits defaults() {
        return DEFAULTS;
    }

    /** {@return the same with another number of requests at a time} */
    public BatchLimits withParallel(int value) {
        return new BatchLimits(value, requests, bytes, lineBytes, tenantBatches, batches);
    }
}
