package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.ZipFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ModelSourceIT {

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

    /** A zip with one entry. Alignment pads the extra field so that the data begins at a multiple; 0 for none. */
    private Path zip(String name, String entry, byte[] content, boolean stored, int alignment) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            ZipEntry header = ZipFiles.entry(entry, content, stored);
            if (alignment > 0) {
                int start = 30 + entry.length() + 4;
                byte[] extra = new byte[4 + (alignment - start % alignment) % alignment];
                extra[0] = 0x35;
                extra[1] = (byte) 0xD9;
                extra[2] = (byte) (extra.length - 4);
                header.setExtra(extra);
            }
            zip.putNextEntry(header);
            zip.write(content);
            zip.closeEntry();
        }
        return file;
    }

    private static boolean isMapped(Path file) {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.anyMatch(line -> line.endsWith(" " + file.toAbsolutePath()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void defaultModel_inItsJar_isMappedInPlace() throws IOException {
        URL url = Thread.currentThread().getContextClassLoader().getResource(DefaultModel.RESOURCE);
        assertThat(url).isNotNull();
        assertThat(url.getProtocol()).isEqualTo("jar");
        String file = url.getPath().substring("file:".length(), url.getPath().indexOf("!/"));
        try (Model model = TestModels.smol()) {
            assertThat(model.info().description()).contains("Q4_1");
            assertThat(isMapped(Path.of(file))).isTrue();
        }
        assertThat(cache.folder().resolve("models")).doesNotExist();
    }

    @Test
    void split_anyPartOrAll_isOneModel() {
        List<Path> parts = TinyGguf.builder().build().writeSplit(folder, 3);
        assertThat(TestModels.logits(ModelSource.file(parts.get(0)))).isEqualTo(expected);
        assertThat(TestModels.logits(ModelSource.file(parts.get(2)))).isEqualTo(expected);
        assertThat(TestModels.logits(ModelSource.split(parts))).isEqualTo(expected);
    }

    @Test
    void split_partMissing_namesIt() throws IOException {
        List<Path> parts = TinyGguf.builder().build().writeSplit(folder, 3);
        Files.delete(parts.get(1));
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(parts.get(0)))
                .withMessageContaining("tiny-00002-of-00003.gguf does not exist");
    }

    @Test
    void resource_alignedInJar_isMappedInPlace() throws IOException {
        Path jar = zip("a b.jar", "models/tiny.gguf", tiny, true, 32);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            ModelSource source = ModelSource.resource("models/tiny.gguf", loader);
            assertThat(TestModels.logits(source)).isEqualTo(expected);
            try (Model model = Model.load(source)) {
                assertThat(isMapped(jar)).isTrue();
                assertThat(model).hasToString("Model 'tiny.gguf'");
            }
        }
        assertThat(cache.folder().resolve("models")).doesNotExist();
    }

    @Test
    void resource_triedInAnInterruptedThread_isLoaded() throws IOException {
        Path jar = zip("interrupted.jar", "models/tiny.gguf", tiny, true, 32);
        ModelOptions options = ModelOptions.builder().trial(FileTrial.COMPUTE).build();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            Thread.currentThread().interrupt();
            try (Model model = Model.load(ModelSource.resource("models/tiny.gguf", loader), options)) {
                assertThat(model.vocab().size()).isPositive();
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
        }
    }

    @Test
    void resource_deflatedInJar_isExtractedWithALine() throws IOException {
        Path jar = zip("deflated.jar", "models/tiny.gguf", tiny, false, 0);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
                LogCapture log = LogCapture.start()) {
            assertThat(TestModels.logits(ModelSource.resource("models/tiny.gguf", loader)))
                    .isEqualTo(expected);
            assertThat(log.lines()).anyMatch(line -> line.message().contains("extracting " + tiny.length + " bytes"));
        }
        assertThat(cache.folder().resolve("models")).isDirectoryContaining("glob:**tiny.gguf");
    }

    @Test
    void resource_inJarWithinJar_isMappedInPlace() throws IOException {
        byte[] inner = Files.readAllBytes(zip("inner.jar", "m/tiny.gguf", tiny, true, 32));
        Path outer = zip("outer.jar", "BOOT-INF/lib/inner.jar", inner, true, 32);
        URL url = new URL(null, "jar:file:" + outer + "!/BOOT-INF/lib/inner.jar!/m/tiny.gguf", new NoStreams());
        ClassLoader loader = new ClassLoader(null) {
            @Override
            public URL getResource(String name) {
                return url;
            }
        };
        ModelSource source = ModelSource.resource("m/tiny.gguf", loader);
        assertThat(TestModels.logits(source)).isEqualTo(expected);
    }

    /** Stands for the URLs of a framework; nothing is read through it. */
    private static final class NoStreams extends java.net.URLStreamHandler {

        @Override
        protected java.net.URLConnection openConnection(URL url) throws IOException {
            throw new IOException("must not be opened: " + url);
        }

        @Override
        protected void parseURL(URL url, String spec, int start, int limit) {
            setURL(url, "jar", "", -1, "", "", spec.substring("jar:".length()), null, null);
        }
    }

    @Test
    void zipEntry_storedOrDeflated_loads() throws IOException {
        assertThat(TestModels.logits(ModelSource.zipEntry(zip("a.zip", "d/tiny.gguf", tiny, true, 32), "d/tiny.gguf")))
                .isEqualTo(expected);
        assertThat(TestModels.logits(ModelSource.zipEntry(zip("b.zip", "d/tiny.gguf", tiny, true, 0), "d/tiny.gguf")))
                .isEqualTo(expected);
        assertThat(TestModels.logits(ModelSource.zipEntry(zip("c.zip", "d/tiny.gguf", tiny, false, 0), "d/tiny.gguf")))
                .isEqualTo(expected);
    }

    @Test
    void fileDescriptor_wholeOrPart_loads() throws IOException {
        Path file = folder.resolve("part.bin");
        Files.write(file, new byte[64]);
        Files.write(file, tiny, java.nio.file.StandardOpenOption.APPEND);
        try (FileChannel whole = FileChannel.open(TestModels.tinyFile());
                FileChannel part = FileChannel.open(file)) {
            assertThat(whole.isOpen() && part.isOpen()).isTrue();
            assertThat(TestModels.logits(
                            ModelSource.fileDescriptor(TestModels.descriptor(TestModels.tinyFile()), 0, 0)))
                    .isEqualTo(expected);
            assertThat(TestModels.logits(ModelSource.fileDescriptor(TestModels.descriptor(file), 64, tiny.length)))
                    .isEqualTo(expected);
            assertThat(part.size()).isEqualTo(64L + tiny.length);
        }
    }

    @Test
    void fileDescriptor_notOpen_throws() {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(ModelSource.fileDescriptor(99_999, 0, 0)))
                .withMessageContaining("file descriptor 99999");
    }
}
