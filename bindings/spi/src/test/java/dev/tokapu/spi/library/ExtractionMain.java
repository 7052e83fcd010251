package dev.tokapu.spi.library;

import dev.tokapu.spi.Platform;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

/** Extracts in a process of its own: {@code java ExtractionMain <jar> <cache>}; prints the directory. */
final class ExtractionMain {

    private ExtractionMain() {}

    public static void main(String[] args) throws Exception {
        try (URLClassLoader loader = TestJar.loader(Path.of(args[0]))) {
            System.out.println(NativeLibraries.locate(
                    List.of(loader),
                    new Platform("linux", "x86_64"),
                    new CacheDirectory(Path.of(args[1]), true),
                    false));
        }
    }
}
