package dev.tokapu.engine.schedule;

/** Which of two requests goes first: the rules that waiting and prefilling requests share. */
final class PriorityOrder {

    private PriorityOrder() {}

    /** A request's priority with what waiting added. */
    static long level(ScheduledRequest<?> request, long now, long agingNanos) {
        return request.priority() + Math.max(0, now - request.arrival()) / agingNanos;
    }

    /** Whether a request arrived before another; ids decide between those of one moment. */
    static boolean isEarlier(ScheduledRequest<?> request, ScheduledRequest<?> other) {
        return request.arrival() != other.arrival() ? request.arrival() < other.arrival() : request.id() < other.id();
    }
}
