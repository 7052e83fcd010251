package dev.tokapu.spi.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.Platform;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application with the jars of several platforms. */
class PlatformJarsTest {

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"linux-x86_64", "linux-aarch64", "windows-x86_64"})
    void locate_jarsOfSeveralPlatforms_extractsThatOfThisPlatform(String classifier) throws IOException {
        List<String> all = List.of("linux-x86_64", "linux-aarch64", "windows-x86_64");
        URL[] jars = new URL[all.size()];
        for (int i = 0; i < jars.length; i++) {
            Path jar = new TestJar()
                    .classifier(all.get(i))
                    .file("libtokapu.so", all.get(i).getBytes(StandardCharsets.US_ASCII))
                    .write(temp.resolve(i + ".jar"));
            jars[i] = jar.toUri().toURL();
        }
        String[] names = classifier.split("-", 2);
        try (URLClassLoader loader = new URLClassLoader(jars, null)) {
            Path directory = NativeLibraries.locate(
                    List.of(loader),
                    new Platform(names[0], names[1]),
                    new CacheDirectory(temp.resolve("cache"), true),
                    false);

            assertThat(directory).isEqualTo(temp.resolve("cache/native/" + classifier + "-abc123"));
            assertThat(directory.resolve("libtokapu.so")).hasContent(classifier);
        }
    }
}
