package dev.tokapu.spi;

/** Where compute threads run on a machine with several NUMA nodes ({@code tokapu_numa_strategy}). */
public final class NumaStrategy {

    private NumaStrategy() {}

    /** Where the system puts them. */
    public static final int NONE = 0;

    /** In turn on all nodes. */
    public static final int DISTRIBUTE = 1;

    /** On the node of the thread that initializes the backends. */
    public static final int ISOLATE = 2;

    /** On the processors that this thread may use. */
    public static final int NUMACTL = 3;
}
