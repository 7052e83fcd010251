package dev.tokapu.tool;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method, of a class or of an interface, as a tool for {@link Tool#methodsOf}.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ToolMethod {

    /**
     * The name that the model calls.
     *
     * @return a name; empty for the method's own
     */
    String name() default "";

    /**
     * What the tool does and when to call it, for the model.
     *
     * @return a text; may be empty
     */
    String description() default "";
}
