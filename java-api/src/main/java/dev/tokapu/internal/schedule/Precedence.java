package dev.tokapu.internal.schedule;

/** Which of two jobs goes first: the rules that waiting and prefilling jobs share. */
final class Precedence {

    private Precedence() {}

    /** A job's priority with what waiting added. */
    static long level(Job job, long now, long agingNanos) {
        return job.priority() + Math.max(0, now - job.arrival()) / agingNanos;
    }

    /** Whether a job arrived before another; ids decide between those of one moment. */
    static boolean isEarlier(Job job, Job other) {
        return job.arrival() != other.arrival() ? job.arrival() < other.arrival() : job.id() < other.id();
    }
}
