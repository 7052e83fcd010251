package dev.tokapu.structured;

import dev.tokapu.chat.AnswerType;
import dev.tokapu.chat.AnswerTypes;
import dev.tokapu.chat.TypeRef;

/**
 * Typed answers for {@link dev.tokapu.chat.ChatSession#ask(String, Class)}, which finds this by itself.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class StructuredTypes implements AnswerTypes {

    /** For {@link java.util.ServiceLoader}. */
    public StructuredTypes() {}

    @Override
    public <T> AnswerType<T, ?> of(Class<T> type) {
        return StructuredType.of(type);
    }

    @Override
    public <T> AnswerType<T, ?> of(TypeRef<T> type) {
        return StructuredType.of(type);
    }
}
