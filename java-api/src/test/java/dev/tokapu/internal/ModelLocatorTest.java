package dev.tokapu.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.ModelLoadException;
import dev.tokapu.ModelSource;
import dev.tokapu.testsupport.LogCapture;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLocatorTest {

    private static final byte[] CONTENT = "GGUF and more".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private String cacheBefore;

    @BeforeEach
    void useOwnCache() {
        cacheBefore = System.getProperty("tokapu.cache.dir");
        System.setProperty("tokapu.cache.dir", folder.resolve("cache").toString());
    }

    @AfterEach
    void restoreCache() {
        if (cacheBefore == null) {
            System.clearProperty("tokapu.cache.dir");
        } else {
            System.setProperty("tokapu.cache.dir", cacheBefore);
        }
    }

    private Path write(String name) throws IOException {
        return Files.write(folder.resolve(name), CONTENT);
    }

    private static void assertFails(ModelSource source, String... texts) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> ModelLocator.locate(source))
                .satisfies(e -> assertThat(e.source()).isEqualTo(source.toString()))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts));
    }

    @Test
    void locate_file_isThatFile() throws IOException {
        Path file = write("model.gguf");
        assertThat(ModelLocator.locate(ModelSource.file(file))).isEqualTo(new ModelLocation.Files(List.of(file)));
    }

    @Test
    void locate_missingFile_saysWhatToDo() {
        assertFails(ModelSource.file(folder.resolve("no.gguf")), "no.gguf", "does not exist", "check the path");
    }

    @Test
    void locate_directory_saysWhatToDo() {
        assertFails(ModelSource.file(folder), "is a directory", "name the GGUF file");
    }

    @Test
    void locate_anyPartOfSplit_isAllPartsInOrder() throws IOException {
        List<Path> parts =
                List.of(write("m-00001-of-00003.gguf"), write("m-00002-of-00003.gguf"), write("m-00003-of-00003.gguf"));
        assertThat(ModelLocator.locate(ModelSource.file(parts.get(1)))).isEqualTo(new ModelLocation.Files(parts));
    }

    @Test
    void locate_splitWithoutSecondPart_namesIt() throws IOException {
        Path first = write("m-00001-of-00002.gguf");
        assertFails(ModelSource.file(first), "m-00002-of-00002.gguf", "does not exist");
    }

    @Test
    void locate_listOfParts_checksEach() throws IOException {
        List<Path> parts = List.of(write("a"), folder.resolve("b"));
        assertFails(ModelSource.split(parts), "b does not exist");
    }

    @Test
    void locate_storedZipEntry_isRangeOfZip() throws IOException {
        Path zip = folder.resolve("m.zip");
        Files.write(zip, ZipEntryLocatorTest.zip("d/m.gguf", CONTENT, true, 1, ""));
        ModelLocation.Range range = (ModelLocation.Range) ModelLocator.locate(ModelSource.zipEntry(zip, "d/m.gguf"));
        assertThat(range.path()).isEqualTo(zip);
        assertThat(range.size()).isEqualTo(CONTENT.length);
        assertThat(range.offset()).isPositive();
    }

    @Test
    void locate_missingZipEntry_namesIt() throws IOException {
        Path zip = folder.resolve("m.zip");
        Files.write(zip, ZipEntryLocatorTest.zip("d/m.gguf", CONTENT, true, 1, ""));
        assertFails(ModelSource.zipEntry(zip, "other.gguf"), "has no entry other.gguf");
    }

    @Test
    void locate_noZip_saysSo() throws IOException {
        assertFails(ModelSource.zipEntry(write("m.zip"), "m.gguf"), "it is no zip or jar file");
    }

    @Test
    void locate_deflatedZipEntry_isExtractedOnce() throws IOException {
        Path zip = folder.resolve("m.zip");
        Files.write(zip, ZipEntryLocatorTest.zip("d/m.gguf", CONTENT, false, 1, ""));
        try (LogCapture log = LogCapture.start()) {
            ModelLocation first = ModelLocator.locate(ModelSource.zipEntry(zip, "d/m.gguf"));
            ModelLocation second = ModelLocator.locate(ModelSource.zipEntry(zip, "d/m.gguf"));
            assertThat(second).isEqualTo(first);
            Path file = ((ModelLocation.Files) first).paths().get(0);
            assertThat(file).startsWith(folder.resolve("cache")).hasBinaryContent(CONTENT);
            assertThat(log.messages(ModelCache.class.getName()))
                    .singleElement()
                    .asString()
                    .contains("m.gguf", "extracting " + CONTENT.length + " bytes", "without compression");
        }
    }

    @Test
    void locate_resourceInFolder_isFile() throws IOException {
        Path file = write("m.gguf");
        try (URLClassLoader loader = loader(folder)) {
            assertThat(ModelLocator.locate(ModelSource.resource("m.gguf", loader)))
                    .isEqualTo(new ModelLocation.Files(List.of(file)));
        }
    }

    @Test
    void locate_resourceStoredInJar_isRangeOfJar() throws IOException {
        Path jar = folder.resolve("a b+c.jar");
        Files.write(jar, ZipEntryLocatorTest.zip("x/m.gguf", CONTENT, true, 1, ""));
        try (URLClassLoader loader = loader(jar)) {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                ModelLocation.Range range = (ModelLocation.Range) ModelLocator.locate(ModelSource.resource("x/m.gguf"));
                assertThat(range.path()).isEqualTo(jar);
                assertThat(range.size()).isEqualTo(CONTENT.length);
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    @Test
    void locate_resourceDeflatedInJar_isExtracted() throws IOException {
        Path jar = folder.resolve("m.jar");
        Files.write(jar, ZipEntryLocatorTest.zip("x/m.gguf", CONTENT, false, 1, ""));
        try (URLClassLoader loader = loader(jar)) {
            ModelLocation.Files files =
                    (ModelLocation.Files) ModelLocator.locate(ModelSource.resource("x/m.gguf", loader));
            assertThat(files.paths().get(0)).hasBinaryContent(CONTENT);
        }
    }

    @Test
    void locate_missingResource_saysWhatToDo() {
        assertFails(ModelSource.resource("no/such.gguf"), "no/such.gguf", "on the class path");
    }

    @Test
    void split_addresses_areFileAndEntries() throws IOException {
        assertThat(ModelLocator.split(new URL("file:/a/m.gguf"))).contains(List.of("file:/a/m.gguf"));
        assertThat(ModelLocator.split(new URL("jar:file:/a/b.jar!/c/m%20n.gguf")))
                .contains(List.of("file:/a/b.jar", "c/m n.gguf"));
        assertThat(ModelLocator.split(new URL("jar:file:/a/b.jar!/lib/c.jar!/m.gguf")))
                .contains(List.of("file:/a/b.jar", "lib/c.jar", "m.gguf"));
        assertThat(ModelLocator.split(URI.create("http://example.org/m.gguf").toURL()))
                .isEmpty();
    }

    private static URLClassLoader loader(Path path) throws IOException {
        return new URLClassLoader(new URL[] {path.toUri().toURL()}, null);
    }
}
