package dev.tokapu;

import dev.tokapu.testsupport.LogCapture;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** A program that prints which backends it found, which devices, every warning, and what a small model computes. */
final class BackendChild {

    /** Flash attention would be the CPU's own, and llama.cpp would warn. */
    static final ContextOptions CONTEXT =
            TestModels.small().flashAttention(FlashAttention.DISABLED).build();

    private BackendChild() {}

    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (LogCapture log = LogCapture.start();
                Model model = Model.load(Path.of(arguments[0]));
                Context context = model.newContext(CONTEXT)) {
            context.decode(new Batch(3).addAll(new int[] {3, 4, 5}, 0, 0));
            Tokapu.backends().forEach(backend -> print(out, backend));
            Tokapu.devices().forEach(device -> out.println("device " + device.name() + ' ' + device.problem()));
            log.warnings().forEach(warning -> out.println("warning " + warning));
            out.println("logits " + Arrays.toString(context.outputs().logits(2)));
        }
    }

    private static void print(PrintStream out, Tokapu.Backend backend) {
        out.println("backend " + backend.name() + (backend.loaded() ? " loaded " + backend.devices() : " failed"));
        backend.libraries().forEach(library -> out.println("library " + library.name() + ' ' + library.path()));
    }
}
