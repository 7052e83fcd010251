package dev.tokapu.internal.natives;

import dev.tokapu.exception.NativeLibraryException;
import dev.tokapu.spi.NativeApi;
import java.util.List;

/**
 * Where compute threads run on a machine with several NUMA nodes, {@code -Dtokapu.numa}, and what the native library knows of
 * its cores.
 *
 * <p>Thread safety: safe.
 */
public final class NumaPlacement {

    private static final String PROPERTY = "tokapu.numa";

    /** By the numbers of {@code tokapu_numa_strategy}. */
    private static final List<String> NAMES = List.of("none", "distribute", "isolate", "numactl");

    private NumaPlacement() {}

    /** The number of the strategy that was asked for. */
    static int asked() {
        String name = name();
        int strategy = NAMES.indexOf(name);
        if (strategy < 0) {
            throw new NativeLibraryException("-D" + PROPERTY + '=' + name
                    + " is not a strategy for NUMA nodes. Use one of " + String.join(", ", NAMES));
        }
        return strategy;
    }

    private static String name() {
        return System.getProperty(PROPERTY, NAMES.get(0));
    }

    /** {@return the property as an option of Java, empty when it is not set} */
    static String option() {
        return System.getProperty(PROPERTY) == null ? "" : " -D" + PROPERTY + '=' + name();
    }

    /** {@return whether all threads are to run on one node} */
    public static boolean isIsolated() {
        return name().equals("isolate");
    }

    /** {@return the name of the strategy in use} */
    public static String strategy() {
        return NAMES.get(state()[0]);
    }

    /** {@return the nodes with processors that this process may use, 1 or more} */
    public static int nodes() {
        return state()[1];
    }

    private static int[] state() {
        NativeApi api = NativeRuntime.api();
        int[] strategy = new int[1];
        int[] nodes = new int[1];
        NativeErrors.check(api, api.backends().numa(strategy, nodes), "reading the NUMA nodes", "native library");
        return new int[] {strategy[0], nodes[0]};
    }

    /** {@return the cores of the fastest kind where the system has no files that tell; 0 when unknown} */
    public static int performanceCores() {
        try {
            NativeApi api = NativeRuntime.api();
            int[] cores = new int[1];
            NativeErrors.check(api, api.backends().performanceCores(cores), "counting the cores", "native library");
            return cores[0];
        } catch (RuntimeException | LinkageError e) {
            return 0; // whatever needs the library says what is wrong with it
        }
    }
}
