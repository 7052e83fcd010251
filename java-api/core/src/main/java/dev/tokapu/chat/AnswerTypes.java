package dev.tokapu.chat;

/**
 * Makes what an answer has to be of Java types; a service, found by {@link java.util.ServiceLoader}.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public interface AnswerTypes {

    /**
     * Of a class.
     *
     * @param type for example a record
     * @param <T> the type
     * @return what to ask for
     * @throws IllegalArgumentException when the type cannot be expressed; the message names the path to what cannot
     */
    <T> AnswerType<T, ?> of(Class<T> type);

    /**
     * Of a generic type.
     *
     * @param type for example {@code new TypeRef<List<Person>>() {}}
     * @param <T> the type
     * @return what to ask for
     * @throws IllegalArgumentException when the type cannot be expressed; the message names the path to what cannot
     */
    <T> AnswerType<T, ?> of(TypeRef<T> type);
}
