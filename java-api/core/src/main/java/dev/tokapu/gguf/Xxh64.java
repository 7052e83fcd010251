package dev.tokapu.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The hash function XXH64 with the seed 0. Thread safety: confined. */
final class Xxh64 {

    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;
    private static final int STRIPE = 32;

    /** P1 + P2, P2, 0, -P1. */
    private final long[] lanes = {0x60EA27EEADC0B5D6L, P2, 0, -P1};

    private final ByteBuffer rest = ByteBuffer.allocate(STRIPE).order(ByteOrder.LITTLE_ENDIAN);
    private long length;

    void update(byte[] bytes, int from, int count) {
        length += count;
        ByteBuffer in = ByteBuffer.wrap(bytes, from, count).order(ByteOrder.LITTLE_ENDIAN);
        if (rest.position() > 0) {
            while (in.hasRemaining() && rest.hasRemaining()) {
                rest.put(in.get());
            }
            if (rest.hasRemaining()) {
                return;
            }
            rest.flip();
            stripe(rest);
            rest.clear();
        }
        while (in.remaining() >= STRIPE) {
            stripe(in);
        }
        rest.put(in);
    }

    private void stripe(ByteBuffer in) {
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = round(lanes[i], in.getLong());
        }
    }

    private static long round(long lane, long value) {
        return Long.rotateLeft(lane + value * P2, 31) * P1;
    }

    /** The hash of all bytes. */
    long value() {
        long hash = P5;
        if (length >= STRIPE) {
            hash = Long.rotateLeft(lanes[0], 1)
                    + Long.rotateLeft(lanes[1], 7)
                    + Long.rotateLeft(lanes[2], 12)
                    + Long.rotateLeft(lanes[3], 18);
            for (long lane : lanes) {
                hash = (hash ^ round(0, lane)) * P1 + P4;
            }
        }
        hash += length;
        ByteBuffer in = rest.duplicate().flip().order(ByteOrder.LITTLE_ENDIAN);
        while (in.remaining() >= Long.BYTES) {
            hash = Long.rotateLeft(hash ^ round(0, in.getLong()), 27) * P1 + P4;
        }
        if (in.remaining() >= Integer.BYTES) {
            hash = Long.rotateLeft(hash ^ (Integer.toUnsignedLong(in.getInt()) * P1), 23) * P2 + P3;
        }
        while (in.hasRemaining()) {
            hash = Long.rotateLeft(hash ^ (Byte.toUnsignedLong(in.get()) * P5), 11) * P1;
        }
        hash = (hash ^ (hash >>> 33)) * P2;
        hash = (hash ^ (hash >>> 29)) * P3;
        return hash ^ (hash >>> 32);
    }
}
