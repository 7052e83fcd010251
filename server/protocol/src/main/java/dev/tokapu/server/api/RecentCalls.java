package dev.tokapu.server.api;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The calls that came last, whether or not they have ended.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class RecentCalls {

    private static final int MOST = 1000;

    private final Deque<CallRecord> newestFirst = new ArrayDeque<>();

    /** None yet. */
    public RecentCalls() {}

    CallRecord begin(String id, String tenant, String path) {
        CallRecord made = new CallRecord(id, tenant, path);
        synchronized (newestFirst) {
            newestFirst.addFirst(made);
            if (newestFirst.size() > MOST) {
                newestFirst.removeLast();
            }
        }
        return made;
    }

    /**
     * Those of a tenant.
     *
     * @param tenant whose
     * @param most how many at most
     * @return them, the newest first
     */
    public List<CallRecord> of(String tenant, int most) {
        synchronized (newestFirst) {
            return newestFirst.stream()
                    .filter(call -> call.tenant().equals(tenant))
                    .limit(most)
                    .toList();
        }
    }
}
