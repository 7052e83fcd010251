package dev.tokapu.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.testsupport.ScriptedHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A scripted hub, and a cache of its own for each test. */
abstract class HubFixture {

    static final String REPO = "org/Repo-GGUF";
    static final String NAME = "hf://org/Repo-GGUF:Q4_K_M";
    static final int PART = 100_000;

    @TempDir
    Path folder;

    final ScriptedHub server = new ScriptedHub();

    @AfterEach
    void stop() {
        server.close();
    }

    HubOptions.Builder options() {
        return new HubOptions.Builder(folder.resolve("hf"))
                .otherCache(folder.resolve("other"))
                .endpoint(server.uri())
                .ollamaEndpoint(server.uri())
                .partSize(PART)
                .retryDelay(Duration.ofMillis(1))
                .timeout(Duration.ofSeconds(30));
    }

    Hub hub() {
        return Hub.open(options().build());
    }

    /** A download fails with a message that has these texts, and leaves no model. */
    static void assertFailsAndFindsNothing(Hub hub, String name, String... texts) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> hub.download(name, download -> true))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts));
        assertThat(hub.find(name)).isEmpty();
    }

    /** Bytes that look like a model, different for each seed. */
    static byte[] model(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        System.arraycopy("GGUF".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 4);
        return bytes;
    }

    static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All files of the cache, by their paths, without locks. */
    List<String> cached() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file) || Files.isSymbolicLink(file))
                    .map(file -> folder.relativize(file).toString())
                    .filter(name -> !name.endsWith(".lock"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the ranges begin that the storage was asked for. */
    List<Long> ranges() {
        return server.storage().requests().stream()
                .map(request -> request.header("Range"))
                .map(range -> Long.valueOf(range.replaceAll("bytes=(\\d+)-.*", "$1")))
                .toList();
    }
}
