package dev.tokapu.hub;

/** A part of a file that one request at a time downloads. */
final class FileRange {

    private final long begin;
    private volatile long end;
    private volatile long position;
    private volatile long lastBytes = System.nanoTime();

    /** One whose first bytes are there; an end of -1 is not known. */
    FileRange(long begin, long end, long position) {
        this.begin = begin;
        this.end = end;
        this.position = position;
    }

    long begin() {
        return begin;
    }

    /** Behind its last byte; -1 while that is not known. */
    long end() {
        return end;
    }

    /** Where the next byte goes. */
    long position() {
        return position;
    }

    void endAt(long value) {
        end = value;
    }

    boolean isComplete() {
        return end >= 0 && position >= end;
    }

    /** All has come: now the end is known. */
    void completed() {
        end = position;
    }

    /** Called by one thread at a time. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void advance(int bytes) {
        position += bytes;
        lastBytes = System.nanoTime();
    }

    /** A request begins. */
    void touch() {
        lastBytes = System.nanoTime();
    }

    long lastBytes() {
        return lastBytes;
    }
}
