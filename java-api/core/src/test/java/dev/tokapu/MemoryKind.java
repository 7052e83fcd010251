package dev.tokapu;

import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kinds of memory that models have, each with a tiny random model and a way to lay it out. */
enum MemoryKind {
    DENSE_UNIFIED(true),
    DENSE_SPLIT(false),
    SLIDING_WINDOW_UNIFIED(true),
    SLIDING_WINDOW_SPLIT(false),
    RECURRENT(true),
    HYBRID(true),
    HYBRID_ROLLBACK(true);

    private final boolean unified;

    MemoryKind(boolean unified) {
        this.unified = unified;
    }

    Path write(Path folder) {
        try {
            Path file = folder.resolve(name() + ".gguf");
            if (!Files.exists(file)) {
                Files.write(file, bytes());
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] bytes() {
        return switch (this) {
            case DENSE_UNIFIED, DENSE_SPLIT -> TinyGguf.builder().build().bytes();
            case SLIDING_WINDOW_UNIFIED, SLIDING_WINDOW_SPLIT -> TinyMemoryGguf.SLIDING_WINDOW.bytes();
            case RECURRENT -> TinyMemoryGguf.RECURRENT.bytes();
            case HYBRID, HYBRID_ROLLBACK -> TinyMemoryGguf.HYBRID.bytes();
        };
    }

    ContextOptions options() {
        return TestModels.small()
                .maxSequences(10)
                .contextSize(unified ? 512 : 2560)
                .kvCache(kv -> kv.unified(unified))
                // Flash attention adds up in F16, where the order of the cells shows in the third digit.
                .flashAttention(FlashAttention.DISABLED)
                .recurrentSnapshots(this == HYBRID_ROLLBACK ? 4 : 0)
                .build();
    }

    /** Whether positions can be removed anywhere. */
    boolean isDense() {
        return this == DENSE_UNIFIED || this == DENSE_SPLIT;
    }
}
