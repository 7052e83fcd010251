package dev.tokapu.chat;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A generic type, written down so that it is known at run time: {@code new TypeRef<List<Person>>() {}}.
 *
 * <p>Thread safety: immutable.
 *
 * @param <T> the type
 * @since 0.1
 */
@SuppressWarnings("unused") // T is read by reflection
public abstract class TypeRef<T> {

    private final Type type;

    /** Takes the type from the subclass's declaration. */
    protected TypeRef() {
        Type superclass = getClass().getGenericSuperclass();
        if (!(superclass instanceof ParameterizedType parameterized)) {
            throw new IllegalArgumentException(
                    getClass().getName() + " does not say which type; write new TypeRef<List<Person>>() {}");
        }
        this.type = parameterized.getActualTypeArguments()[0];
    }

    /** {@return the type as declared} */
    public final Type type() {
        return type;
    }

    @Override
    public final String toString() {
        return "TypeRef<" + type.getTypeName() + ">";
    }
}
