package dev.tokapu.server.files;

/**
 * How much is kept of files. What batches put out is always kept; as long as there is no room, nothing else is.
 *
 * <p>Thread safety: immutable.
 *
 * @param fileBytes the longest file, in bytes
 * @param tenantBytes what a tenant may keep, in bytes
 * @param bytes what all tenants may keep together, in bytes
 * @param tenantFiles how many files a tenant may keep
 * @param files how many files all tenants may keep together
 * @since 0.1
 */
public record FileLimits(long fileBytes, long tenantBytes, long bytes, int tenantFiles, int files) {

    private static final long GIB = 1L << 30;
    private static final FileLimits DEFAULTS = ofBytes(16 * GIB);

    /** Checks the values. */
    public FileLimits {
        if (fileBytes < 1 || tenantBytes < 1 || bytes < 1 || tenantFiles < 1 || files < 1) {
            throw new IllegalArgumentException("the limits of files are " + fileBytes + ", " + tenantBytes + " and "
                    + bytes + " bytes, " + tenantFiles + " and " + files + " files; each must be 1 or more");
        }
    }

    /** {@return 512 MiB a file; 4 GiB and 1,000 files a tenant; 16 GiB and 10,000 files in all} */
    public static FileLimits defaults() {
        return DEFAULTS;
    }

    /**
     * The defaults with another limit in all. A tenant may keep a quarter of it.
     *
     * @param bytes what all tenants may keep together, in bytes
     * @return the limits
     */
    public static FileLimits ofBytes(long bytes) {
        long tenant = Math.max(1, bytes / 4);
        return new FileLimits(Math.min(GIB / 2, tenant), tenant, Math.max(0, bytes), 1000, 10_000);
    }
}
