package dev.tokapu.structured;

import dev.tokapu.chat.AnswerType;
import dev.tokapu.chat.TypeRef;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Java type as what a model must answer: its JSON Schema, the grammar of that schema, and the way from text to value.
 *
 * <p>Records, sealed interfaces, enums, lists, sets, arrays, maps, optionals, numbers, texts, dates and times;
 * docs/typed-answers.md has all of them. {@link dev.tokapu.chat.ChatSession#ask(String, Class)} needs none of this; with it,
 * every other source of text can give values:
 *
 * <pre>{@code
 * StructuredType<City> type = StructuredType.of(City.class);
 * CompletionOptions options = CompletionOptions.builder().samplers(type.grammar(), Sampler.greedy()).build();
 * City city = type.read(Completion.of(model, type.prompt("The largest city of France"), options));
 * }</pre>
 *
 * <p>Making one takes milliseconds, for the first type about a second, as Jackson and the validator are loaded then;
 * keep it where it is used often. For a {@link Class} it is made once.
 *
 * <p>Thread safety: immutable.
 *
 * @param <T> the type
 * @since 0.1
 */
public final class StructuredType<T> implements AnswerType<T, StructuredStream<T>> {

    /** Where {@link #withInstruction} puts the schema. */
    public static final String SCHEMA_PLACEHOLDER = "{schema}";

    private static final String DEFAULT_INSTRUCTION =
            "Answer with JSON that matches this JSON Schema, and nothing else:\n" + SCHEMA_PLACEHOLDER;

    private static final ClassValue<StructuredType<?>> BY_CLASS = new ClassValue<>() {
        @Override
        protected StructuredType<?> computeValue(Class<?> type) {
            return of((Type) type);
        }
    };

    private final Type type;
    private final TypeMapping mapping;
    private final String instruction;

    private StructuredType(Type type, TypeMapping mapping, String instruction) {
        this.type = type;
        this.mapping = mapping;
        this.instruction = instruction;
    }

    /**
     * A class.
     *
     * @param type for example a record
     * @param <T> the type
     * @return what to ask for
     * @throws IllegalArgumentException when the type cannot be expressed in JSON; the message names the path to what cannot
     */
    @SuppressWarnings("unchecked") // by construction
    public static <T> StructuredType<T> of(Class<T> type) {
        return (StructuredType<T>) BY_CLASS.get(type);
    }

    /**
     * A generic type.
     *
     * @param type for example {@code new TypeRef<List<Person>>() {}}
     * @param <T> the type
     * @return what to ask for
     * @throws IllegalArgumentException when the type cannot be expressed in JSON; the message names the path to what cannot
     */
    public static <T> StructuredType<T> of(TypeRef<T> type) {
        return of(type.type());
    }

    private static <T> StructuredType<T> of(Type type) {
        return new StructuredType<>(type, TypeMapping.of(type), DEFAULT_INSTRUCTION);
    }

    /**
     * The same type with another instruction.
     *
     * @param text what {@link #prompt} adds to a question; {@value #SCHEMA_PLACEHOLDER} in it stands for the schema
     * @return a new one
     */
    public StructuredType<T> withInstruction(String text) {
        return new StructuredType<>(type, mapping, Objects.requireNonNull(text, "text"));
    }

    /**
     * The same type without an instruction: the model learns what is wanted from the question, or from examples, and the
     * grammar does the rest.
     *
     * @return a new one
     */
    public StructuredType<T> withoutInstruction() {
        return withInstruction("");
    }

    /**
     * The JSON Schema (draft 2020-12) that answers are checked against. What the model reads is shorter: without what only
     * machines need.
     *
     * @return JSON text
     */
    public String schema() {
        return mapping.schema();
    }

    /** {@return the grammar of the schema, without blanks between the parts; it goes first in a chain} */
    @Override
    public Grammar grammar() {
        return mapping.grammar();
    }

    /**
     * A question with the instruction.
     *
     * @param question what to ask
     * @return the question, an empty line, the instruction
     */
    @Override
    public String prompt(String question) {
        if (instruction.isEmpty()) {
            return question;
        }
        String text = instruction.replace(SCHEMA_PLACEHOLDER, mapping.promptSchema());
        return question.isEmpty() ? text : question + "\n\n" + text;
    }

    /**
     * Reads a value from a whole text, which is checked against the schema first.
     *
     * @param text JSON
     * @return the value
     * @throws StructuredOutputException when it is no value of the type
     */
    public T parse(String text) {
        return parse(text, null);
    }

    /**
     * Reads a generated text to its end.
     *
     * @param text made with {@link #grammar()}
     * @return the value
     * @throws StructuredOutputException when the text was cut off or is no value of the type
     */
    @Override
    public T read(TextStream text) {
        String whole = text.text();
        return finish(whole, text.finishReason());
    }

    /**
     * Reads a text while it is being generated.
     *
     * @param text made with {@link #grammar()}
     * @return partial values and, in the end, the value
     */
    @Override
    public StructuredStream<T> stream(TextStream text) {
        return new StructuredStream<>(this, text);
    }

    /**
     * Writes a value as a model would have to, for examples in a prompt.
     *
     * @param value the value
     * @return JSON text that {@link #parse} reads
     * @throws IllegalArgumentException when the value breaks a rule of its type, or has null where none may be
     */
    public String write(T value) {
        return mapping.write(value);
    }

    /** Only the model itself knows when the text is whole: 12 may have been going to be 123. */
    T finish(String text, FinishReason reason) {
        if (reason != FinishReason.STOP_TOKEN) {
            throw new StructuredOutputException(
                    "the answer for " + type.getTypeName() + " is not whole, it ended by " + reason + " after "
                            + text.length() + " characters; " + remedy(reason),
                    text,
                    reason,
                    null);
        }
        return parse(text, reason);
    }

    private static String remedy(FinishReason reason) {
        return switch (reason) {
            case MAX_TOKENS ->
                "allow more tokens (maxTokens) or ask for less, for example with @Size on texts and lists";
            case CONTEXT_FULL -> "make the context larger (contextSize) or the conversation shorter";
            case STOP_TEXT -> "use no stop strings that may appear in JSON";
            default -> "text() has what there is";
        };
    }

    @SuppressWarnings("unchecked") // the mapping is of T
    private T parse(String text, @Nullable FinishReason reason) {
        AnswerCheck.Result found = mapping.check(text);
        if (found.problem() != null) {
            throw new StructuredOutputException(
                    "the text is no " + type.getTypeName() + ": " + found.problem() + "; text() has all of it",
                    text,
                    reason,
                    null);
        }
        try {
            return (T) Objects.requireNonNull(mapping.read(text, found.deep()), "null is no value");
        } catch (IOException | NullPointerException | StackOverflowError | DeepStack.ExhaustedException e) {
            throw new StructuredOutputException(
                    type.getTypeName() + " does not take the text, though it fits the schema: " + e.getMessage(),
                    text,
                    reason,
                    e);
        }
    }

    TypeMapping mapping() {
        return mapping;
    }

    @Override
    public String toString() {
        return "StructuredType[" + type.getTypeName() + "]";
    }
}
