package dev.tokapu.server.files;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.util.HashMap;
import java.util.Map;

/** What tenants keep, and what arrives for them. */
final class FileUsage {

    private static final Amount NONE = new Amount(0, 0);

    private final FileLimits limits;
    private final Map<String, Amount> tenants = new HashMap<>(); // with the lock of this, as the following
    private Amount all = NONE;

    private record Amount(long files, long bytes) {
        Amount plus(long moreFiles, long moreBytes) {
            return new Amount(files + moreFiles, bytes + moreBytes);
        }
    }

    FileUsage(FileLimits limits) {
        this.limits = limits;
    }

    /** Counts what there is, whether or not there is room for it. */
    synchronized void add(String tenant, int files, long bytes) {
        Amount now = tenants.getOrDefault(tenant, NONE).plus(files, bytes);
        if (now.equals(NONE)) {
            tenants.remove(tenant);
        } else {
            tenants.put(tenant, now);
        }
        all = all.plus(files, bytes);
    }

    /** Counts what there is room for, and refuses the rest. */
    synchronized void take(String tenant, int files, long bytes) {
        Amount mine = tenants.getOrDefault(tenant, NONE).plus(files, bytes);
        Amount every = all.plus(files, bytes);
        if (mine.files() > limits.tenantFiles() || mine.bytes() > limits.tenantBytes()) {
            throw full("this key keeps " + tenants.getOrDefault(tenant, NONE).files() + " files already, of at most "
                    + limits.tenantFiles() + " files and " + limits.tenantBytes() + " bytes; delete some");
        }
        if (every.files() > limits.files() || every.bytes() > limits.bytes()) {
            throw full("the server keeps " + limits.files() + " files and " + limits.bytes()
                    + " bytes at most, and has no room; delete files, or try later");
        }
        add(tenant, files, bytes);
    }

    private static ProblemException full(String message) {
        return new ProblemException(Problem.of(Kind.TOO_LARGE, message).withCode("storage_full"));
    }

    synchronized boolean isFull(String tenant) {
        return tenants.getOrDefault(tenant, NONE).bytes() >= limits.tenantBytes() || all.bytes() >= limits.bytes();
    }
}
