package dev.tokapu.equality;

import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Tokapu;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.testsupport.Oracle;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The two models that everything is compared on, and llama.cpp's tools on the CPU variant that Tokapu itself uses. */
enum Reference {
    /** SmolLM2 135M Instruct Q4_1, mapped straight from its jar here, read from a file by the tools. */
    DEFAULT {
        @Override
        Path file() {
            return extracted();
        }

        @Override
        Model load() {
            return Model.load(DefaultModel.source());
        }
    },
    /** Random weights, SentencePiece vocabulary, 2 layers. */
    TINY {
        @Override
        Path file() {
            return tiny();
        }

        @Override
        Model load() {
            return Model.load(file());
        }
    };

    /** Compute threads of both sides; more than one, spinning for each other, crawl when another process wants a core. */
    static final int THREADS = Integer.getInteger("tokapu.test.threads", 1);

    /** Our program beside llama.cpp's tools, which prints logits. */
    static final Path LOGITS_TOOL =
            Path.of(System.getProperty("tokapu.root"), "native", "target", "oracle", Oracle.program("tokapu-oracle"));

    /** One of llama.cpp's examples, which is built beside it. */
    static final Path EMBEDDING_TOOL = LOGITS_TOOL.resolveSibling(Oracle.program("llama-embedding"));

    /** The model as a file. */
    abstract Path file();

    /** The model in Tokapu. */
    abstract Model load();

    /** The size and threads that the tools get. */
    static ContextOptions options(int contextSize) {
        return ContextOptions.builder()
                .contextSize(contextSize)
                .threads(THREADS)
                .batchThreads(THREADS)
                .build();
    }

    /** A context with {@link #options}. */
    static Context context(Model model, int contextSize) {
        return model.newContext(options(contextSize));
    }

    /** llama.cpp's tools and {@code tokapu-oracle}, with the CPU variant in use here as their only one. */
    static Oracle oracle() {
        return Oracle.fromSystemProperty()
                .withCpuVariant(Tokapu.cpuVariant(), folder())
                .with(LOGITS_TOOL);
    }

    /** Where the models and the tools lie for the two runs of this suite. */
    static Path folder() {
        try {
            return Files.createDirectories(Path.of("target", "oracle").toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new file in place of the old one, which another JVM of this suite may have mapped. */
    private static Path tiny() {
        Path file = folder().resolve("tiny.gguf");
        try {
            Path partial = Files.createTempFile(folder(), "tiny", ".partial");
            TinyGguf.builder().build().write(partial);
            return Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path extracted() {
        Path file = folder().resolve("default.gguf");
        if (Files.exists(file)) {
            return file;
        }
        try (InputStream in = Reference.class.getClassLoader().getResourceAsStream(DefaultModel.RESOURCE)) {
            if (in == null) {
                throw new AssertionError("the default model is not on the class path: " + DefaultModel.RESOURCE);
            }
            Path partial = Files.createTempFile(folder(), "default", ".partial");
            Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
            return Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
