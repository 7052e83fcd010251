package dev.tokapu.spi;

/** Types of metadata overrides ({@code tokapu_override_type}). */
public final class OverrideType {

    private OverrideType() {}

    /** A 64-bit integer. */
    public static final int INT = 0;

    /** A 64-bit float. */
    public static final int FLOAT = 1;

    /** True or false. */
    public static final int BOOL = 2;

    /** Text. */
    public static final int TEXT = 3;
}
