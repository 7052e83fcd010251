package dev.tokapu.tool;

import dev.tokapu.internal.util.Checks;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A function that a model may call: its definition and its body.
 *
 * <pre>{@code
 * record Place(String town) {}
 * Tool weather = Tool.of("weather", "The weather of a town", Place.class, place -> "sunny in " + place.town());
 * }</pre>
 *
 * <p>A result that is a String goes to the model as it is, everything else as JSON; what a {@link CompletionStage} will hold
 * is waited for. Arguments are checked against the schema before the body sees them. All but tools of JSON texts need the
 * artifact {@code tokapu-structured}; with it, the arguments of those are checked, too.
 *
 * <p>Thread safety: immutable; the body as written.
 *
 * @since 0.1
 */
public final class Tool {

    private final ToolDefinition definition;
    private final Code<?> code;
    private final @Nullable Duration timeout;
    private final @Nullable ToolApproval approval;

    private Tool(ToolDefinition definition, Code<?> code, @Nullable Duration timeout, @Nullable ToolApproval approval) {
        this.definition = definition;
        this.code = code;
        this.timeout = timeout;
        this.approval = approval;
    }

    /** What is called, with what. */
    private record Code<A>(ToolArguments<A> arguments, ToolFunction<? super A, ? extends @Nullable Object> body) {

        Callable<String> bind(String json) {
            A value = arguments.read(json);
            return () -> {
                Object result = StageResult.await(body.apply(value));
                return result instanceof String text ? text : arguments.write(result);
            };
        }
    }

    /**
     * A tool that takes and gives texts.
     *
     * @param definition what the model reads of it
     * @param body takes the arguments, a JSON object, and gives the result
     * @return the tool
     * @throws IllegalArgumentException when the definition has no JSON Schema
     */
    public static Tool of(ToolDefinition definition, ToolFunction<String, String> body) {
        Objects.requireNonNull(body, "body");
        Code<String> code = new Code<>(JsonArguments.of(definition.parametersJsonSchema()), body);
        return new Tool(definition, code, null, null);
    }

    /**
     * A tool that takes texts and will give one.
     *
     * @param definition what the model reads of it
     * @param body takes the arguments, a JSON object, and begins the work
     * @return the tool
     * @throws IllegalArgumentException when the definition has no JSON Schema
     */
    public static Tool async(ToolDefinition definition, ToolFunction<String, ? extends CompletionStage<String>> body) {
        Objects.requireNonNull(body, "body");
        Code<String> code = new Code<>(JsonArguments.of(definition.parametersJsonSchema()), body);
        return new Tool(definition, code, null, null);
    }

    /**
     * A tool that takes an object.
     *
     * @param name what the model calls it
     * @param description what it does and when to call it, for the model
     * @param arguments type of the arguments, for example a record
     * @param body takes the arguments and gives the result
     * @param <A> the type of the arguments
     * @return the tool
     * @throws IllegalArgumentException when the type cannot be expressed; the message names the path to what cannot
     */
    public static <A> Tool of(
            String name,
            String description,
            Class<A> arguments,
            ToolFunction<? super A, ? extends @Nullable Object> body) {
        return of(name, description, ToolTypesLoader.require().ofType(arguments), body);
    }

    /**
     * A tool that takes an object and will give the result.
     *
     * @param name what the model calls it
     * @param description what it does and when to call it, for the model
     * @param arguments type of the arguments, for example a record
     * @param body takes the arguments and begins the work
     * @param <A> the type of the arguments
     * @return the tool
     * @throws IllegalArgumentException when the type cannot be expressed; the message names the path to what cannot
     */
    public static <A> Tool async(
            String name,
            String description,
            Class<A> arguments,
            ToolFunction<? super A, ? extends CompletionStage<? extends @Nullable Object>> body) {
        return of(name, description, arguments, body);
    }

    /**
     * A tool whose arguments are described and read in a way of its own.
     *
     * @param name what the model calls it
     * @param description what it does and when to call it, for the model
     * @param arguments how they are described, checked and read
     * @param body takes the arguments and gives the result
     * @param <A> the type of the arguments
     * @return the tool
     */
    public static <A> Tool of(
            String name,
            String description,
            ToolArguments<A> arguments,
            ToolFunction<? super A, ? extends @Nullable Object> body) {
        Objects.requireNonNull(body, "body");
        ToolDefinition definition = new ToolDefinition(name, description, arguments.promptSchema());
        return new Tool(definition, new Code<>(arguments, body), null, null);
    }

    /**
     * The methods of an object that carry {@link ToolMethod}, also in its superclasses and the interfaces that it implements.
     *
     * <p>The parameters become the properties of the schema, with the annotations that typed answers take; one that is an
     * Optional or {@code @Nullable} is not required. Their names need {@code javac -parameters}, or {@code @JsonProperty}.
     *
     * @param target what the methods are called on
     * @return a tool for each, in the order of their names
     * @throws IllegalArgumentException when there is none, two have the same name, or one cannot be a tool
     */
    public static List<Tool> methodsOf(Object target) {
        return ToolTypesLoader.require().ofMethods(Objects.requireNonNull(target, "target"));
    }

    /**
     * The same tool with a limit of time for each call; a call that takes longer is interrupted and becomes an error for the
     * model.
     *
     * @param limit how long a call may take
     * @return a new one
     */
    public Tool withTimeout(Duration limit) {
        Checks.positive("timeout", limit);
        return new Tool(definition, code, limit, approval);
    }

    /**
     * The same tool with a hook that is asked before each call, before that of {@link ToolsBuilder#approval}.
     *
     * @param hook decides
     * @return a new one
     */
    public Tool withApproval(ToolApproval hook) {
        return new Tool(definition, code, timeout, Objects.requireNonNull(hook, "approval"));
    }

    /** {@return the name that the model calls} */
    public String name() {
        return definition.name();
    }

    /** {@return what the model reads of it} */
    public ToolDefinition definition() {
        return definition;
    }

    /** {@return the JSON Schema that arguments are checked against; the definition's says the same with fewer words} */
    public String argumentsSchema() {
        return code.arguments().schema();
    }

    /** {@return how long a call may take, or null for the limit of the tools that it is in} */
    public @Nullable Duration timeout() {
        return timeout;
    }

    @Nullable
    ToolApproval approval() {
        return approval;
    }

    /**
     * Checks and reads the arguments of a call.
     *
     * @return what runs it
     * @throws IllegalArgumentException when the arguments do not fit
     */
    Callable<String> bind(String json) {
        return code.bind(json.isBlank() ? "{}" : json);
    }

    @Override
    public String toString() {
        return "Tool[" + name() + "]";
    }
}
