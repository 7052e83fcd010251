package dev.tokapu.equality;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.Tokapu;
import dev.tokapu.exception.NativeLibraryException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A program that continues a prompt greedily on the CPU variant that {@code -Dtokapu.cpu} names, and prints the variant in
 * use and then the text. A library that cannot be loaded is told in one line, with exit status {@value #REFUSED}.
 */
final class VariantChild {

    static final int REFUSED = 3;

    private VariantChild() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int tokens = Integer.parseInt(args[1]);
        try (Model model = Model.load(Path.of(args[0]));
                Context context = Reference.context(model, 2048)) {
            out.println(Tokapu.cpuVariant());
            out.print(GreedyTextIT.continuation(context, args[2], tokens));
            out.flush();
        } catch (NativeLibraryException e) {
            out.println(e.getMessage());
            System.exit(REFUSED);
        }
    }
}
