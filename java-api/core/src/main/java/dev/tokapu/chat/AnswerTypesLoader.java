package dev.tokapu.chat;

import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the service when the first typed answer is asked for. */
final class AnswerTypesLoader {

    private static volatile @Nullable AnswerTypes found;

    private AnswerTypesLoader() {}

    static AnswerTypes find() {
        AnswerTypes types = found;
        if (types == null) {
            types = ServiceLoader.load(AnswerTypes.class, AnswerTypes.class.getClassLoader())
                    .findFirst()
                    .orElseThrow(() -> new UnsupportedOperationException("typed answers need the artifact"
                            + " dev.tokapu:tokapu-structured; add it to your dependencies"));
            found = types;
        }
        return types;
    }
}
