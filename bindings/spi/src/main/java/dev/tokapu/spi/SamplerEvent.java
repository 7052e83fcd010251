package dev.tokapu.spi;

/** What a sampler callback is asked to do ({@code tokapu_sampler_event}). */
public final class SamplerEvent {

    private SamplerEvent() {}

    /** Work on the candidates. */
    public static final int APPLY = 0;

    /** A token was chosen. */
    public static final int ACCEPT = 1;

    /** Go back to the first state. */
    public static final int RESET = 2;

    /** Answer an independent copy. */
    public static final int CLONE = 3;

    /** It will not be used again. */
    public static final int FREE = 4;
}
