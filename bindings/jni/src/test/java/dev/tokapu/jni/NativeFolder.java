package dev.tokapu.jni;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** The libraries of the native build and of this module in one folder, as a tokapu-native jar has them; and the model. */
final class NativeFolder {

    private static final String MODEL = "/dev/tokapu/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    private NativeFolder() {}

    static Path link() throws IOException {
        Path folder = Files.createDirectories(target().resolve("it-native"));
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("tokapu.native.build")))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".so")).toList()) {
                Path link = folder.resolve(file.getFileName());
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, file);
            }
        }
        // A copy: System.load follows links, and the library looks for the others where it lies.
        Path library = Path.of(System.getProperty("tokapu.jni.build"), "libjnitokapu.so");
        Files.copy(library, folder.resolve("libjnitokapu.so"), StandardCopyOption.REPLACE_EXISTING);
        return folder;
    }

    static Path model() throws IOException {
        Path model = target().resolve("jni-test.gguf");
        try (InputStream in = NativeFolder.class.getResourceAsStream(MODEL)) {
            if (!Files.exists(model)) {
                Files.copy(in, model);
            }
        }
        return model;
    }

    static Path target() {
        return Path.of(System.getProperty("tokapu.target.dir"));
    }
}
