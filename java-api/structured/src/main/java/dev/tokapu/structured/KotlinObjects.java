package dev.tokapu.structured;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.module.SimpleValueInstantiators;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the one instance of a Kotlin {@code object}, of which Jackson would make another that is not equal to it.
 *
 * <p>Jackson asks what was registered last first: Kotlin's own module must come after this one, as it takes no
 * instantiator but Jackson's.
 *
 * <p>Thread safety: immutable.
 */
final class KotlinObjects extends SimpleValueInstantiators {

    private static final long serialVersionUID = 1L;

    @Override
    public ValueInstantiator findValueInstantiator(
            DeserializationConfig config, BeanDescription description, ValueInstantiator usual) {
        Object only = instance(description.getBeanClass());
        return only == null ? usual : new Only(only);
    }

    private static @Nullable Object instance(Class<?> type) {
        Constructor<?>[] constructors = type.getDeclaredConstructors();
        if (!TypeIntrospector.isKotlin(type)
                || constructors.length != 1
                || !Modifier.isPrivate(constructors[0].getModifiers())
                || constructors[0].getParameterCount() > 0) {
            return null;
        }
        try {
            Field field = type.getDeclaredField("INSTANCE");
            boolean only = Modifier.isStatic(field.getModifiers()) && field.getType() == type;
            return only && field.trySetAccessible() ? field.get(null) : null;
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static final class Only extends ValueInstantiator.Base {

        private final Object only;

        Only(Object only) {
            super(only.getClass());
            this.only = only;
        }

        @Override
        public boolean canCreateUsingDefault() {
            return true;
        }

        @Override
        public Object createUsingDefault(DeserializationContext context) {
            return only;
        }
    }
}
