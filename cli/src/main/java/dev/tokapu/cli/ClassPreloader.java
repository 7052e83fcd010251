package dev.tokapu.cli;

import dev.tokapu.Tokapu;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.library.Bindings;
import java.util.List;
import java.util.Map;

/**
 * Loads the native libraries on a second thread while picocli describes the command line by reflection, and lets FFM link the
 * functions of a chat while the model is loaded: each of these takes as long as reading a short prompt. Left out where an
 * option decides how the libraries are loaded.
 */
final class ClassPreloader {

    private static final List<String> COMMANDS = List.of("chat", "run", "tokenize", "bench", "serve");
    private static final List<String> DECIDING = List.of(
            "--binding", "--cpu", "--numa", "--verbose", "--help", "-h", "--serve", "--config", "--check", "--probe");

    private final Thread thread = new Thread(ClassPreloader::load, "tokapu-class-preloader");

    private ClassPreloader() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Begins when that makes sense for this command line; {@link #await} then ends it. */
    static Runnable begin(String[] args) {
        return makesSense(args, System.getenv()) ? new ClassPreloader()::await : () -> {};
    }

    /** {@code environment}: what sets options of {@code serve}, too. */
    static boolean makesSense(String[] args, Map<String, String> environment) {
        if (args.length == 0 || !COMMANDS.contains(args[0])) {
            return false;
        }
        if (args[0].equals("serve")
                && DECIDING.stream().map(ServeDefaults::variable).anyMatch(environment::containsKey)) {
            return false;
        }
        for (String arg : args) {
            for (String option : DECIDING) {
                if (arg.startsWith(option)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static void load() {
        try {
            Tokapu.binding();
            link(Bindings.get().api());
        } catch (RuntimeException | LinkageError e) {
            // The command fails in the same way and tells the user.
        }
    }

    /** Without a model these only answer that there is none, but a function is linked at its first call. */
    private static void link(NativeApi api) {
        long[] id = new long[1];
        int[] number = new int[1];
        byte[] text = new byte[1];
        api.chatTemplates().create(0, text, id);
        api.chatTemplates().apply(0, text, text, number);
        api.samplers().create(0, id);
        api.samplers().addDist(0, 0);
        api.samplers().addTopP(0, 1, 1);
        api.samplers().addPenalties(0, 0, 1, 0, 0);
        api.contexts().create(0, id, new double[1], id);
        api.vocab().tokenize(0, text, 0, 0, number, number);
        api.contexts().decode(0, 1, number, null, number, number, number, text);
        api.samplers().sample(0, 0, 0, number);
        api.vocab().tokenIsEog(0, 0, number);
        api.vocab().tokenPiece(0, 0, 0, text, number);
    }

    /** The JVM must not stop while libraries are being loaded. */
    private void await() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
