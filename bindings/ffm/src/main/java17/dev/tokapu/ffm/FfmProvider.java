package dev.tokapu.ffm;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.NativeProvider;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The provider of the FFM binding. This class and the module descriptor are compiled for Java 17, so that there a service
 * lookup gets a reason instead of a class file error; everything else is loaded from Java 22 on.
 */
public final class FfmProvider implements NativeProvider {

    private static final int REQUIRED_JAVA = 22;

    /** Used by {@link java.util.ServiceLoader}. */
    public FfmProvider() {}

    @Override
    public String name() {
        return "ffm";
    }

    @Override
    public @Nullable String unsupportedReason() {
        int java = Runtime.version().feature();
        return java < REQUIRED_JAVA
                ? "requires Java " + REQUIRED_JAVA + " or newer, this is " + java
                : loader().unsupportedReason();
    }

    @Override
    public NativeApi load(Path directory) {
        return loader().load(directory);
    }

    private static NativeProvider loader() {
        try {
            return (NativeProvider) Class.forName("dev.tokapu.ffm.FfmLoader")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new NativeLoadException("tokapu-ffm.jar is damaged: " + e, e);
        }
    }
}
