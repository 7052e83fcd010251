package dev.tokapu.fuzz;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values that nobody means, for parameters of any type that is known here. */
final class Arguments {

    private static final int[] INTS = {
        0,
        1,
        2,
        3,
        7,
        15,
        16,
        17,
        31,
        32,
        33,
        63,
        64,
        65,
        128,
        511,
        100_000,
        -1,
        -2,
        -100,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE - 1,
        Integer.MIN_VALUE,
        1 << 30
    };
    private static final double[] DOUBLES = {
        0,
        -0.0,
        1,
        0.5,
        0.8,
        -1,
        2,
        1e-30,
        1e30,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Float.MAX_VALUE
    };
    private static final String[] TEXTS = {
        "",
        "a",
        "the cat",
        "\0",
        "\ud800",
        "\ud83d\ude00",
        "<|im_end|>",
        "{{ 1 + ",
        "{{ messages }}",
        "root ::= \"a\"*",
        "{\"type\":\"object\"}",
        "[a-z]+",
        "((((",
        "x".repeat(3000),
        "\n".repeat(500),
        "tokenizer.ggml.pre",
        "CPU"
    };
    private static final Set<Class<?>> KNOWN = Set.of(
            int.class,
            long.class,
            float.class,
            double.class,
            boolean.class,
            String.class,
            Object.class,
            int[].class,
            float[].class,
            byte[].class,
            String[].class,
            List.class,
            Map.class);

    private final Random random;
    private final Pool pool;

    Arguments(Random random, Pool pool) {
        this.random = random;
        this.pool = pool;
    }

    /** Whether there are values of this type, or may be in the pool. */
    static boolean isKnown(Class<?> type) {
        return KNOWN.contains(type)
                || type.isEnum()
                || (type.getName().startsWith("dev.tokapu.") && !type.isInterface())
                || (type.isArray() && type.getComponentType().getName().startsWith("dev.tokapu."))
                || type.getName().equals("dev.tokapu.sampling.Sampler");
    }

    @Nullable
    Object[] of(Method method) {
        Type[] types = method.getGenericParameterTypes();
        Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            values[i] = value(types[i]);
        }
        return values;
    }

    private @Nullable Object value(Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            return list(generic.getActualTypeArguments()[0]);
        } else if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
            return map(generic.getActualTypeArguments());
        }
        return value(raw(type));
    }

    /** Null elements would be refused at once, so there are few. */
    private List<@Nullable Object> list(Type of) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            Object value = value(raw(of));
            if (value != null || random.nextInt(8) == 0) {
                list.add(value);
            }
        }
        return list;
    }

    private Map<Object, @Nullable Object> map(Type[] of) {
        Map<Object, @Nullable Object> map = new HashMap<>();
        for (int n = random.nextInt(3); n > 0; n--) {
            Object key = value(raw(of[0]));
            if (key != null) {
                map.put(key, value(raw(of[1])));
            }
        }
        return map;
    }

    private static Class<?> raw(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        } else if (type instanceof WildcardType wildcard) {
            return raw(wildcard.getUpperBounds()[0]);
        } else if (type instanceof ParameterizedType generic) {
            return raw(generic.getRawType());
        }
        return Object.class;
    }

    private @Nullable Object value(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return number();
        } else if (type == long.class) {
            return random.nextInt(4) == 0 ? random.nextLong() : (long) number();
        } else if (type == float.class || type == Float.class) {
            return (float) DOUBLES[random.nextInt(DOUBLES.length)];
        } else if (type == double.class) {
            return DOUBLES[random.nextInt(DOUBLES.length)];
        } else if (type == boolean.class) {
            return random.nextBoolean();
        } else if (random.nextInt(12) == 0) {
            return null;
        } else if (type == String.class) {
            return TEXTS[random.nextInt(TEXTS.length)];
        } else if (type.isEnum()) {
            Object[] constants = type.getEnumConstants();
            return constants[random.nextInt(constants.length)];
        } else if (type.isArray()) {
            return array(type.getComponentType());
        }
        return type == Object.class ? (Object) number() : pool.any(type);
    }

    private int number() {
        return random.nextInt(3) == 0 ? random.nextInt(70) - 2 : INTS[random.nextInt(INTS.length)];
    }

    private Object array(Class<?> of) {
        int length = random.nextInt(6) == 0 ? 5000 : random.nextInt(8);
        Object array = Array.newInstance(of, length);
        for (int i = 0; i < length; i++) {
            if (of == byte.class) {
                Array.setByte(array, i, (byte) number());
            } else {
                Array.set(array, i, value(of));
            }
        }
        return array;
    }
}
