package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.engine.PrefixCacheOptions;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PrefixCacheArgsTest {

    private static final long MIB = 1 << 20;

    private final PrefixCacheArgs args = new PrefixCacheArgs();

    private Path folder(String model) {
        Path directory = Objects.requireNonNull(args.options(model, 1).directory());
        assertThat(directory.getParent()).isEqualTo(args.disk);
        return directory;
    }

    @Test
    void hostMemory_isSharedByTheModelsThatFit() {
        args.ram = 4000;
        assertThat(args.options("a", 4).hostBytes()).isEqualTo(1000 * MIB);
        assertThat(args.options("a", 1).hostBytes()).isEqualTo(4000 * MIB);
        assertThat(args.options("a", 1).directory()).isNull();
    }

    @Test
    void noHostMemory_isTheKvCacheAlone() {
        args.ram = 0;
        assertThat(args.options("a", 4)).isEqualTo(PrefixCacheOptions.defaults());
    }

    @Test
    void disk_isAFolderForEachModel_whateverItsName() {
        args.ram = 64;
        args.disk = Path.of("cache");
        args.diskLimit = 10;
        assertThat(args.options("a", 1).diskBytes()).isEqualTo(10 * MIB);
        assertThat(folder("a")).isEqualTo(folder("a")).isNotEqualTo(folder("A")).isNotEqualTo(folder("b"));
        assertThat(folder("../a")).isNotEqualTo(folder("__/a"));
        assertThat(folder("x".repeat(5000)).toString().length()).isLessThan(150);
    }

    @Test
    void valuesThatCannotBe_areRefusedByName() {
        args.ram = -1;
        assertRefused("--cache-ram is -1");
        args.ram = 0;
        args.disk = Path.of("cache");
        assertRefused("--cache-disk needs host memory");
        args.ram = 1;
        args.diskLimit = 0;
        assertRefused("--cache-disk-limit is 0");
    }

    private void assertRefused(String message) {
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> args.options("a", 1))
                .withMessageContaining(message);
    }
}
