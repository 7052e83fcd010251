package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.ZipFiles;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.loader.launch.LaunchedClassLoader;
import org.springframework.boot.loader.net.protocol.Handlers;
import org.springframework.boot.loader.net.protocol.jar.JarUrlClassLoader;

/** Models in jars: split ones, and those of an application that Spring Boot packed, with its own class loader. */
class ModelJarsIT {

    private static float[] expected;
    private static byte[] tiny;

    @TempDir
    Path folder;

    @RegisterExtension
    final OwnCache cache = new OwnCache();

    @BeforeAll
    static void decodeFile() throws IOException {
        expected = TestModels.logits(ModelSource.file(TestModels.tinyFile()));
        tiny = Files.readAllBytes(TestModels.tinyFile());
    }

    private Map<String, byte[]> parts(String prefix) throws IOException {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        for (Path part : TinyGguf.builder().build().writeSplit(folder, 3)) {
            parts.put(prefix + part.getFileName(), Files.readAllBytes(part));
            Files.delete(part);
        }
        return parts;
    }

    private List<Path> cached() throws IOException {
        Path models = cache.folder().resolve("models");
        if (!Files.exists(models)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(models)) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void splitModel_inJarOrZip_isOneModel(boolean stored) throws IOException {
        Path jar = Files.write(folder.resolve("split.jar"), ZipFiles.of(parts("m/"), stored));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            for (int i = 1; i <= 3; i++) {
                assertThat(TestModels.logits(ModelSource.resource("m/tiny-0000" + i + "-of-00003.gguf", loader)))
                        .isEqualTo(expected);
            }
        }
        assertThat(TestModels.logits(ModelSource.zipEntry(jar, "m/tiny-00002-of-00003.gguf")))
                .isEqualTo(expected);
        assertThat(cached()).hasSize(3);
    }

    @Test
    void splitModel_eachPartInAJarOfItsOwn_isOneModel() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Map.Entry<String, byte[]> part : parts("m/").entrySet()) {
            Path jar = folder.resolve("part" + urls.size() + ".jar");
            Files.write(jar, ZipFiles.of(Map.of(part.getKey(), part.getValue()), true));
            urls.add(jar.toUri().toURL());
        }
        try (URLClassLoader loader = new URLClassLoader(urls.toArray(new URL[0]), null)) {
            assertThat(TestModels.logits(ModelSource.resource("m/tiny-00001-of-00003.gguf", loader)))
                    .isEqualTo(expected);
        }
    }

    /** The class loader that Spring Boot's launcher makes for an application. */
    private JarUrlClassLoader springBoot(Path jar, String... nested) throws IOException {
        Handlers.register();
        URL[] urls = new URL[nested.length];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = new URL("jar:nested:" + jar.toUri().getRawPath() + "/!" + nested[i] + "!/");
        }
        return new LaunchedClassLoader(false, urls, null);
    }

    private Path application(String name, Map<String, byte[]> resources, byte[] library, boolean stored)
            throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (String directory : List.of("META-INF/", "BOOT-INF/", "BOOT-INF/classes/", "BOOT-INF/lib/")) {
            entries.put(directory, new byte[0]);
        }
        resources.forEach((resource, bytes) -> entries.put("BOOT-INF/classes/" + resource, bytes));
        entries.put("BOOT-INF/lib/in +ner.jar", library);
        return Files.write(folder.resolve(name), ZipFiles.of(entries, stored));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void springBoot_modelAmongTheClasses_loads(boolean stored) throws IOException {
        Path jar = application("app a+b#c.jar", Map.of("x/tiny.gguf", tiny), ZipFiles.of(Map.of(), true), stored);
        try (JarUrlClassLoader loader = springBoot(jar, "BOOT-INF/classes/", "BOOT-INF/lib/in%20+ner.jar")) {
            assertThat(String.valueOf(loader.getResource("x/tiny.gguf"))).startsWith("jar:nested:");
            assertThat(TestModels.logits(ModelSource.resource("x/tiny.gguf", loader)))
                    .isEqualTo(expected);
        }
        assertThat(cached()).hasSize(stored ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void springBoot_modelInALibrary_loads(boolean stored) throws IOException {
        byte[] library = ZipFiles.of(Map.of("x/tiny.gguf", tiny), stored);
        Path jar = application("app.jar", Map.of("y", tiny), library, false);
        try (JarUrlClassLoader loader = springBoot(jar, "BOOT-INF/classes/", "BOOT-INF/lib/in%20+ner.jar")) {
            assertThat(TestModels.logits(ModelSource.resource("x/tiny.gguf", loader)))
                    .isEqualTo(expected);
        }
        assertThat(cached()).hasSize(stored ? 0 : 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void springBoot_splitModel_isOneModel(boolean stored) throws IOException {
        Map<String, byte[]> parts = parts("");
        Map<String, byte[]> among = new LinkedHashMap<>(parts);
        byte[] last = among.remove("tiny-00003-of-00003.gguf");
        byte[] library = ZipFiles.of(Map.of("tiny-00003-of-00003.gguf", last), stored);
        Path jar = application("app.jar", among, library, stored);
        try (JarUrlClassLoader loader = springBoot(jar, "BOOT-INF/classes/", "BOOT-INF/lib/in%20+ner.jar")) {
            assertThat(TestModels.logits(ModelSource.resource("tiny-00001-of-00003.gguf", loader)))
                    .isEqualTo(expected);
        }
    }

    @Test
    void springBoot_noSuchModel_saysSo() throws IOException {
        Path jar = application("app.jar", Map.of("x/tiny.gguf", tiny), ZipFiles.of(Map.of(), true), true);
        try (JarUrlClassLoader loader = springBoot(jar, "BOOT-INF/classes/")) {
            assertThatExceptionOfType(ModelLoadException.class)
                    .isThrownBy(() -> TestModels.logits(ModelSource.resource("y/tiny.gguf", loader)))
                    .withMessageContaining("no such resource");
        }
    }
}
