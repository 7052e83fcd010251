package dev.tokapu.structured;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Values of record types, made up at random within the bounds of their annotations. */
final class RandomValues {

    private static final int DEEPEST = 6;

    private final Random random;
    private final Map<Class<?>, Supplier<Object>> scalars = new HashMap<>();

    RandomValues(long seed) {
        random = new Random(seed);
        add(random::nextBoolean, boolean.class, Boolean.class);
        add(() -> (byte) random.nextInt(), byte.class);
        add(() -> (short) random.nextInt(), short.class);
        add(random::nextInt, int.class, Integer.class);
        add(random::nextLong, long.class, Long.class);
        add(() -> Float.intBitsToFloat(random.nextInt(0x7f800000)), float.class);
        add(() -> -Double.longBitsToDouble(random.nextLong(0x7ff0000000000000L)), double.class, Double.class);
        add(() -> (char) ('#' + random.nextInt(50)), char.class);
        add(() -> text(random.nextInt(12)), String.class);
        add(() -> new BigInteger(100, random), BigInteger.class);
        add(() -> new BigDecimal(new BigInteger(60, random), random.nextInt(20) - 5), BigDecimal.class);
        add(() -> new UUID(random.nextLong(), random.nextLong()), UUID.class);
        add(() -> URI.create("https://example.org/" + random.nextInt() + "?a=%20#b"), URI.class);
        add(this::date, LocalDate.class);
        add(this::time, LocalTime.class);
        add(() -> LocalDateTime.of(date(), time()), LocalDateTime.class);
        add(() -> OffsetDateTime.of(date(), time(), offset()), OffsetDateTime.class);
        add(() -> OffsetTime.of(time(), offset()), OffsetTime.class);
        add(() -> LocalDateTime.of(date(), time()).toInstant(ZoneOffset.UTC), Instant.class);
        add(() -> Duration.ofSeconds(random.nextInt(), random.nextInt(1_000_000_000)), Duration.class);
        add(() -> Period.of(random.nextInt(100) - 50, random.nextInt(20), random.nextInt(40)), Period.class);
        add(() -> Year.of(1000 + random.nextInt(9000)), Year.class);
        add(() -> YearMonth.from(date()), YearMonth.class);
        add(() -> MonthDay.from(date()), MonthDay.class);
    }

    private void add(Supplier<Object> supplier, Class<?>... types) {
        Arrays.stream(types).forEach(type -> scalars.put(type, supplier));
    }

    private LocalDate date() {
        return LocalDate.ofYearDay(random.nextInt(10_000), 1 + random.nextInt(365));
    }

    private LocalTime time() {
        return LocalTime.of(
                random.nextInt(24),
                random.nextInt(60),
                random.nextInt(60) * random.nextInt(2),
                random.nextInt(2) * 7000);
    }

    private ZoneOffset offset() {
        return ZoneOffset.ofHoursMinutes(random.nextInt(18), random.nextInt(60));
    }

    private String text(int length) {
        int[] points = random.ints(length, 0, 10)
                .map(kind -> switch (kind) {
                    case 0 -> "\"\\/\n\t\u0001{}[]".codePointAt(random.nextInt(10));
                    case 1 -> 0x1f600 + random.nextInt(40);
                    case 2 -> 0xe0 + random.nextInt(0x500);
                    default -> ' ' + random.nextInt(95);
                })
                .toArray();
        return new String(points, 0, points.length);
    }

    Object of(Class<?> type) throws ReflectiveOperationException {
        return of(type, Map.of(), 0);
    }

    private Object of(Type type, Map<TypeVariable<?>, Type> bindings, int depth) throws ReflectiveOperationException {
        if (type instanceof TypeVariable<?> variable) {
            return of(bindings.get(variable), bindings, depth);
        }
        if (type instanceof ParameterizedType parameterized) {
            return ofParameterized(parameterized, bindings, depth);
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isEnum()) {
            return raw.getEnumConstants()[random.nextInt(raw.getEnumConstants().length)];
        }
        if (raw.isSealed()) {
            Class<?>[] subtypes = raw.getPermittedSubclasses();
            return of(
                    subtypes[depth > DEEPEST ? subtypes.length - 1 : random.nextInt(subtypes.length)], bindings, depth);
        }
        return raw.isRecord() ? record(raw, bindings, depth) : scalars.get(raw).get();
    }

    private Object ofParameterized(ParameterizedType type, Map<TypeVariable<?>, Type> bindings, int depth)
            throws ReflectiveOperationException {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = Arrays.stream(type.getActualTypeArguments())
                .map(argument -> argument instanceof TypeVariable<?> variable ? bindings.get(variable) : argument)
                .toArray(Type[]::new);
        int size = depth > DEEPEST ? 0 : random.nextInt(3);
        if (raw == Optional.class) {
            return size == 0 ? Optional.empty() : Optional.of(of(arguments[0], bindings, depth + 1));
        }
        if (raw == Map.class) {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < size; i++) {
                map.put(of(arguments[0], bindings, depth + 1), of(arguments[1], bindings, depth + 1));
            }
            return map;
        }
        if (raw == List.class || raw == Set.class) {
            List<Object> list = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                list.add(of(arguments[0], bindings, depth + 1));
            }
            return raw == List.class ? list : new LinkedHashSet<>(list);
        }
        Map<TypeVariable<?>, Type> inner = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            inner.put(raw.getTypeParameters()[i], arguments[i]);
        }
        return record(raw, inner, depth);
    }

    private Object record(Class<?> type, Map<TypeVariable<?>, Type> bindings, int depth)
            throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = component(components[i], bindings, depth + 1);
        }
        return type.getDeclaredConstructor(types).newInstance(values);
    }

    private Object component(RecordComponent component, Map<TypeVariable<?>, Type> bindings, int depth)
            throws ReflectiveOperationException {
        Min min = component.getAccessor().getAnnotation(Min.class);
        Max max = component.getAccessor().getAnnotation(Max.class);
        Size size = component.getAccessor().getAnnotation(Size.class);
        if (component.getAnnotatedType().isAnnotationPresent(Nullable.class) && random.nextBoolean()) {
            return null;
        }
        if (min != null && max != null) {
            return random.nextLong(min.value(), max.value() + 1);
        }
        if (min != null) {
            return random.nextInt((int) min.value(), Integer.MAX_VALUE);
        }
        if (size != null && component.getType() == String.class) {
            return text(random.nextInt(size.min(), size.max() + 1));
        }
        Object value = of(component.getGenericType(), bindings, depth);
        return size != null && ((List<?>) value).size() > size.max() ? List.of() : value;
    }
}
