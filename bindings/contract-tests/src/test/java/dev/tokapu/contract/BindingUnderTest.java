package dev.tokapu.contract;

import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NumaStrategy;
import dev.tokapu.spi.library.Binding;
import dev.tokapu.spi.library.Bindings;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The binding under test, chosen by {@code -Dtokapu.binding} and loaded once for all tests of this JVM, and a tiny model. */
abstract class BindingUnderTest {

    /** Loaded once for all tests of this JVM. */
    private static final class Loaded {
        static final Binding BINDING = load();
        static final Path TINY = writeTiny();

        private static Binding load() {
            Binding binding = Bindings.get();
            String wanted = System.getProperty("tokapu.binding");
            assertThat(binding.name()).as("-Dtokapu.binding").isEqualTo(wanted);
            byte[] directory = utf8(binding.directory().toString());
            assertThat(binding.api().backends().init(directory, new byte[0], NumaStrategy.NONE))
                    .isEqualTo(OK);
            return binding;
        }

        private static Path writeTiny() {
            try {
                Path directory = Files.createTempDirectory("tokapu-contract");
                directory.toFile().deleteOnExit();
                Path model = TinyGguf.writeTo(directory);
                model.toFile().deleteOnExit();
                return model;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    final NativeApi api = Loaded.BINDING.api();

    static Path tinyModel() {
        return Loaded.TINY;
    }

    static Path libraries() {
        return Loaded.BINDING.directory();
    }

    static String bindingName() {
        return Loaded.BINDING.name();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String string(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    static byte[] paths(Path... files) {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append(file).append('\0');
        }
        return utf8(text.toString());
    }

    static int argmax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
