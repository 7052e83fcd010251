package dev.tokapu.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class CommandTest {

    private static final int JVMS = 3;
    private static final int MAKING_MILLIS = 200; // longer than it takes the others to come

    @TempDir
    private Path folder;

    /** Makes something, and notes that it does. */
    static final class Program {

        public static void main(String[] args) throws Exception {
            Path place = Path.of(args[0]);
            Path complete = place.resolveSibling("complete");
            Command.once(complete, place, () -> {
                Files.writeString(
                        place.resolveSibling("made"), "made\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                Thread.sleep(MAKING_MILLIS);
                Files.writeString(complete, "");
            });
        }
    }

    @Test
    void severalJvmsAtOnce_makeOneEnvironment_once() throws Exception {
        Path place = folder.resolve("environment");
        List<CompletableFuture<ChildJvm.Result>> running = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> new ChildJvm(Program.class).run(place.toString())))
                .limit(JVMS)
                .toList();
        for (CompletableFuture<ChildJvm.Result> one : running) {
            ChildJvm.Result result = one.get();
            assertThat(result.exit()).as(result.err()).isZero();
        }
        assertThat(Files.readString(folder.resolve("made"))).isEqualTo("made\n");
    }
}
