package dev.tokapu.spi;

/** How a model file is tried before it is trusted ({@code tokapu_probe}). */
public final class Probe {

    private Probe() {}

    /** Not at all. */
    public static final int NONE = 0;

    /** Numbers of the file are checked. */
    public static final int CHECK = 1;

    /** As well, another process plans a context. */
    public static final int PLAN = 2;

    /** As well, another process computes two tokens. */
    public static final int COMPUTE = 3;

    /** For that process. */
    public static final int INSIDE = 4;
}
