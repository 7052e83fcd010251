package dev.tokapu.contract;

import dev.tokapu.spi.NumaStrategy;
import dev.tokapu.spi.Status;
import dev.tokapu.spi.library.Binding;
import dev.tokapu.spi.library.Bindings;
import java.nio.charset.StandardCharsets;

/** Loads a library of somebody else, then ours, and uses it. */
public final class ForeignLibraryProbe {

    private ForeignLibraryProbe() {}

    /** Arguments: a library, a model. */
    public static void main(String[] args) {
        if (!args[0].isEmpty()) {
            System.load(args[0]);
        }
        try {
            Binding binding = Bindings.get();
            byte[] directory = binding.directory().toString().getBytes(StandardCharsets.UTF_8);
            if (binding.api().backends().init(directory, new byte[0], NumaStrategy.NONE) != Status.OK) {
                byte[] text = new byte[2000];
                int[] length = new int[1];
                binding.api().system().lastError(text, length);
                System.out.println("backends: " + new String(text, 0, length[0], StandardCharsets.UTF_8));
                return;
            }
            System.out.println("tokens: " + IsolatedProbe.countTokens(args[1], "the ring"));
        } catch (RuntimeException e) {
            System.out.println(e.getClass().getName() + ": " + e.getMessage());
        }
    }
}
