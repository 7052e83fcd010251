package dev.tokapu.packaged;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Tokapu;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The application of somebody who uses Tokapu: {@code Application MODEL} prints the binding, the folder of the libraries and
 * what a small model computes.
 */
public final class Application {

    private Application() {}

    public static void main(String[] arguments) {
        System.out.println(answer(arguments[0]));
    }

    /** What a small model computes, with the binding and the folder of the libraries before it. */
    public static String answer(String model) {
        try (Model loaded = Model.load(Path.of(model));
                Context context = loaded.newContext(
                        ContextOptions.builder().contextSize(64).threads(1).build())) {
            context.decode(new Batch(3).addAll(new int[] {3, 4, 5}, 0, 0));
            float[] logits = context.outputs().logits(-1);
            return String.join(
                    "\n",
                    "binding " + Tokapu.binding(),
                    "libraries " + Tokapu.nativeDirectory(),
                    "logits " + Arrays.hashCode(logits));
        }
    }
}
