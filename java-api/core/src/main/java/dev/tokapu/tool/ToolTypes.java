package dev.tokapu.tool;

import java.util.List;

/**
 * Makes the arguments of tools of schemas and Java types; a service, found by {@link java.util.ServiceLoader}.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public interface ToolTypes {

    /**
     * Arguments that stay JSON, and are checked.
     *
     * @param schema JSON Schema of an object
     * @return the arguments
     * @throws IllegalArgumentException when it is no schema
     */
    ToolArguments<String> ofSchema(String schema);

    /**
     * Arguments as an object.
     *
     * @param type for example a record
     * @param <A> the type
     * @return the arguments
     * @throws IllegalArgumentException when the type cannot be expressed; the message names the path to what cannot
     */
    <A> ToolArguments<A> ofType(Class<A> type);

    /**
     * The methods of an object that carry {@link ToolMethod}.
     *
     * @param target what they are called on
     * @return a tool for each
     * @throws IllegalArgumentException when there is none, or one that cannot be a tool
     */
    List<Tool> ofMethods(Object target);
}
