package dev.tokapu.internal.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.OwnCache;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.LogCapture;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelLocatorTest {

    private static final byte[] CONTENT = "GGUF and more".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @RegisterExtension
    final OwnCache cache = new OwnCache();

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
            assertThat(file).startsWith(cache.folder()).hasBinaryContent(CONTENT);
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

    /** Locales whose digits are not 0 to 9, and one whose letters change case in another way. */
    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "fa-IR", "ne-NP", "mr-IN", "tr-TR", "my-MM", "en-US-u-nu-thai"})
    void locate_split_underOtherDigits_isAllParts(String tag) throws IOException {
        List<Path> parts = List.of(write("m-00001-of-00002.gguf"), write("m-00002-of-00002.gguf"));
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(tag));
        try {
            assertThat(ModelLocator.locate(ModelSource.file(parts.get(0)))).isEqualTo(new ModelLocation.Files(parts));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void locate_splitResourceInSeveralJars_isExtractedPartByPart() throws IOException {
        Path first = folder.resolve("first.jar");
        Path second = folder.resolve("second.jar");
        byte[] other = "another part".getBytes(StandardCharsets.UTF_8);
        Files.write(first, ZipEntryLocatorTest.zip("x/m-00001-of-00002.gguf", CONTENT, true, 1, ""));
        Files.write(second, ZipEntryLocatorTest.zip("x/m-00002-of-00002.gguf", other, false, 1, ""));
        try (URLClassLoader loader = loader(first, second)) {
            List<Path> paths = ((ModelLocation.Files)
                            ModelLocator.locate(ModelSource.resource("x/m-00002-of-00002.gguf", loader)))
                    .paths();
            assertThat(paths).hasSize(2);
            assertThat(paths.get(0)).hasBinaryContent(CONTENT);
            assertThat(paths.get(1)).hasBinaryContent(other);
        }
        try (URLClassLoader loader = loader(first)) {
            assertFails(
                    ModelSource.resource("x/m-00001-of-00002.gguf", loader),
                    "no resource x/m-00002-of-00002.gguf",
                    "on the class path");
        }
    }

    @Test
    void locate_splitZipEntry_withoutSecondPart_namesIt() throws IOException {
        Path zip = folder.resolve("m.zip");
        Files.write(zip, ZipEntryLocatorTest.zip("d/m-00001-of-00002.gguf", CONTENT, true, 1, ""));
        assertFails(ModelSource.zipEntry(zip, "d/m-00001-of-00002.gguf"), "has no entry d/m-00002-of-00002.gguf");
    }

    @Test
    void locate_copyThatIsCutOff_isExtractedAgain() throws IOException {
        Path zip = folder.resolve("m.zip");
        Files.write(zip, ZipEntryLocatorTest.zip("d/m.gguf", CONTENT, false, 1, ""));
        ModelSource source = ModelSource.zipEntry(zip, "d/m.gguf");
        Path file = ((ModelLocation.Files) ModelLocator.locate(source)).paths().get(0);
        Files.writeString(file, "GGUF");
        ModelLocator.locate(source);
        assertThat(file).hasBinaryContent(CONTENT);
    }

    @Test
    void locate_cacheThatCannotBeWritten_saysWhatToDo() throws IOException {
        Path zip = folder.resolve("m.zip");
        Files.write(zip, ZipEntryLocatorTest.zip("d/m.gguf", CONTENT, false, 1, ""));
        System.setProperty("tokapu.cache.dir", zip.resolve("sub").toString());
        assertFails(
                ModelSource.zipEntry(zip, "d/m.gguf"),
                "has to be extracted and cannot be: Cannot write to " + zip.resolve("sub"),
                "-Dtokapu.cache.dir");
    }

    @Test
    void locate_addressWithRawBlanks_isThatFile() throws IOException {
        Path deep = Files.createDirectory(folder.resolve("a b+c#d%20e"));
        Path file = Files.write(deep.resolve("m.gguf"), CONTENT);
        try (URLClassLoader loader = loader(deep)) {
            assertThat(ModelLocator.locate(ModelSource.resource("m.gguf", loader)))
                    .isEqualTo(new ModelLocation.Files(List.of(file)));
        }
        Path plain = Files.createDirectory(folder.resolve("a b"));
        Path other = Files.write(plain.resolve("m.gguf"), CONTENT);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {new URL("file:" + plain + "/")}, null)) {
            assertThat(ModelLocator.locate(ModelSource.resource("m.gguf", loader)))
                    .isEqualTo(new ModelLocation.Files(List.of(other)));
        }
    }

    @Test
    void addresses_areFileAndEntries() throws IOException {
        assertThat(ZipAddress.of(new URL("file:/a/m.gguf"))).contains(address("/a/m.gguf"));
        assertThat(ZipAddress.of(new URL("jar:file:/a/b.jar!/c/m%20n.gguf")))
                .contains(address("/a/b.jar", "c/m n.gguf"));
        assertThat(ZipAddress.of(new URL("jar:file:/a/b.jar!/lib/c.jar!/m.gguf")))
                .contains(address("/a/b.jar", "lib/c.jar", "m.gguf"));
        assertThat(ZipAddress.of(nested("jar:nested:/a%20b/c.jar/!BOOT-INF/classes/!/x/m.gguf")))
                .contains(address("/a b/c.jar", "BOOT-INF/classes/", "x/m.gguf"));
        assertThat(ZipAddress.of(nested("jar:nested:/a/c.jar/!BOOT-INF/lib/a b%.jar!/m.gguf")))
                .contains(address("/a/c.jar", "BOOT-INF/lib/a b%.jar", "m.gguf"));
        assertThat(ZipAddress.of(URI.create("http://example.org/m.gguf").toURL()))
                .isEmpty();
    }

    /** As Spring Boot's handler makes it, which this Java does not have. */
    private static URL nested(String text) throws IOException {
        return new URL(null, text, new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) throws IOException {
                throw new IOException("must not be opened: " + url);
            }

            @Override
            protected void parseURL(URL url, String spec, int start, int limit) {
                setURL(url, "jar", "", -1, "", "", spec.substring("jar:".length()), null, null);
            }
        });
    }

    private static ZipAddress address(String file, String... entries) {
        return new ZipAddress(Path.of(file), List.of(entries));
    }

    private static URLClassLoader loader(Path... paths) throws IOException {
        URL[] urls = new URL[paths.length];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = paths[i].toUri().toURL();
        }
        return new URLClassLoader(urls, null);
    }
}
