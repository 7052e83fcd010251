package dev.tokapu.contract;

import dev.tokapu.spi.LogLevel;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NumaStrategy;
import dev.tokapu.spi.Status;
import dev.tokapu.spi.library.Binding;
import dev.tokapu.spi.library.Bindings;
import java.nio.charset.StandardCharsets;

/** Uses the library from whatever class loader or process it is in. */
public final class IsolatedProbe {

    private IsolatedProbe() {}

    /** Prints the name of the binding, or why there is none. */
    public static void main(String[] args) {
        try {
            System.out.println("binding " + Bindings.get().name());
        } catch (RuntimeException e) {
            System.out.println(e.getClass().getName() + ": " + e.getMessage());
        }
    }

    /** Loads a model, counts the tokens of a text, frees the model; also logs and reports progress on the way. */
    public static int countTokens(String model, String text) {
        Binding binding = Bindings.get();
        NativeApi api = binding.api();
        check(api.backends().init(utf8(binding.directory().toString()), new byte[0], NumaStrategy.NONE));
        int[] lines = new int[1];
        check(api.system().logSet((level, line) -> lines[0]++, LogLevel.DEBUG));
        long[] options = new long[ModelOptionI.COUNT];
        check(api.models().defaults(options));
        long[] handle = new long[1];
        int[] progress = new int[1];
        check(api.models().load(utf8(model + '\0'), 1, options, new byte[0], 0, 0, p -> ++progress[0] > 0, handle));
        check(api.system().logSet(null, LogLevel.DEBUG));
        int[] n = new int[1];
        check(api.vocab().tokenize(handle[0], utf8(text), 1, 0, new int[1000], n));
        check(api.models().free(handle[0]));
        if (lines[0] == 0 || progress[0] == 0) {
            throw new IllegalStateException(lines[0] + " log lines, " + progress[0] + " progress reports");
        }
        return n[0];
    }

    private static void check(int status) {
        if (status != Status.OK) {
            throw new IllegalStateException("status " + status);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
