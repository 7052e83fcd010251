package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the lines of conversations are kept: never over a device, and nowhere that is not the user's own. */
class CachesTest {

    private final Map<String, String> before = new HashMap<>();

    @TempDir
    Path folder;

    @BeforeEach
    void keepProperties() {
        for (String name : List.of("tokapu.cache.dir", "tokapu.history")) {
            before.put(name, System.getProperty(name));
            System.clearProperty(name);
        }
    }

    @AfterEach
    void restoreProperties() {
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    @Test
    void history_isInTheCacheDirectory() {
        System.setProperty("tokapu.cache.dir", folder.toString());
        assertThat(Caches.history()).contains(folder.resolve("history"));
    }

    @Test
    void history_cacheThatCannotBeWritten_isNone() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        System.setProperty("tokapu.cache.dir", file.resolve("sub").toString());
        assertThat(Caches.history()).isEmpty();
    }

    @Test
    void history_chosenFile_isThatOne() throws IOException {
        System.setProperty("tokapu.history", folder.resolve("new").toString());
        assertThat(Caches.history()).contains(folder.resolve("new"));
        System.setProperty(
                "tokapu.history", Files.createFile(folder.resolve("old")).toString());
        assertThat(Caches.history()).contains(folder.resolve("old"));
    }

    /** As -Dtokapu.history=/dev/null switches it off: JLine moves another file over it when it gets long. */
    @Test
    void history_pipeOrDirectory_isNone() throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        System.setProperty("tokapu.history", pipe.toString());
        assertThat(Caches.history()).isEmpty();
        System.setProperty("tokapu.history", folder.toString());
        assertThat(Caches.history()).isEmpty();
    }

    @Test
    void history_noPath_isNone() {
        System.setProperty("tokapu.history", "a\0b");
        assertThat(Caches.history()).isEmpty();
    }
}
