package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications in class loaders of their own, which come and go and are there at the same time. */
class ClassLoaderIT {

    private static final int ROUNDS = 3;

    @TempDir
    Path cache;

    /** With JNI they stay: a thread of JavaCPP never ends. It is not waited for. */
    @Test
    void classLoaders_closedAndDropped_areCollectedAndOthersLog() {
        boolean collected = Tokapu.binding().equals("ffm");
        // With JNI each class loader has a copy of the library, which must not stay here.
        ChildJvm.Result result = new ChildJvm(LoaderChild.class)
                .option("-Dtokapu.native.dir=" + Tokapu.nativeDirectory())
                .option("-Dtokapu.cache.dir=" + cache)
                .run(TestModels.tinyFile().toString(), Integer.toString(ROUNDS), collected ? "100" : "0");

        assertThat(result.exit()).as(result.err()).isZero();
        List<String> lines = result.out().lines().toList();
        assertThat(lines.stream().filter(line -> line.startsWith("lines ")))
                .hasSize(ROUNDS + 4)
                .allSatisfy(line -> assertThat(Integer.parseInt(line.substring("lines ".length())))
                        .isGreaterThan(10));
        if (collected) {
            assertThat(lines).contains("gone " + ROUNDS);
        }
        assertThat(cache.toFile().list()).noneMatch(name -> name.startsWith(".loader-"));
    }
}
