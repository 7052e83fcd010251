package dev.tokapu.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.NativeProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FfmProviderTest {

    @Test
    void serviceLoader_classPath_findsIt() {
        NativeProvider provider =
                ServiceLoader.load(NativeProvider.class).findFirst().orElseThrow();

        assertThat(provider).isInstanceOf(FfmProvider.class);
        assertThat(provider.name()).isEqualTo("ffm");
        assertThat(provider.unsupportedReason()).isNull();
    }

    @Test
    void load_fileThatIsNoLibrary_tellsTheReasonOfTheLinker(@TempDir Path temp) throws IOException {
        Files.writeString(temp.resolve(System.mapLibraryName("tokapu")), "not a library");

        assertThatThrownBy(() -> new FfmProvider().load(temp))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContainingAll(temp.toString(), "file too short", "extracted again");
    }
}
