package dev.tokapu.fuzz;

import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.text.TextStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The objects of a case: its initial ones and the results of its calls. */
final class Pool {

    private static final int MOST = 200;
    private static final int PIECES = 6;

    private final Random random;
    private final List<Object> objects = new ArrayList<>();

    Pool(Random random, Path file) {
        this.random = random;
        Model model = Model.load(file);
        keep(model);
        keep(model.vocab());
        for (int i = 0; i < 2; i++) {
            ContextOptions options = ContextOptions.builder()
                    .contextSize(64)
                    .batchSize(32)
                    .microBatchSize(16)
                    .maxSequences(1 + random.nextInt(3))
                    .embeddings(random.nextBoolean())
                    .build();
            Context context = model.newContext(options);
            keep(context);
            keep(context.kvCache());
            keep(context.outputs());
        }
        keep(ContextOptions.builder().contextSize(32));
    }

    /** Any object of the class, or null. */
    @Nullable
    Object any(Class<?> type) {
        List<Object> fitting = objects.stream().filter(type::isInstance).toList();
        return fitting.isEmpty() ? null : fitting.get(random.nextInt(fitting.size()));
    }

    void keep(@Nullable Object object) {
        if (object instanceof TextStream stream) {
            read(stream);
        }
        if (object != null && objects.size() < MOST) {
            objects.add(object);
        }
    }

    /** Some pieces of a text that may be endless. */
    private static void read(TextStream stream) {
        try {
            int n = 0;
            for (String piece : stream) {
                if (piece == null || ++n == PIECES) {
                    break;
                }
            }
        } catch (RuntimeException e) {
            Target.word(e);
        }
    }

    /** Closes everything, in any order. */
    void close() {
        while (!objects.isEmpty()) {
            Object object = objects.remove(random.nextInt(objects.size()));
            if (object instanceof AutoCloseable closeable && !(object instanceof ChatSession && random.nextBoolean())) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    Target.word(e);
                }
            }
        }
    }
}
