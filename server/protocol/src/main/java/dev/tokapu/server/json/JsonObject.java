package dev.tokapu.server.json;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of a body. What is null counts as not given. It knows which parameters were asked for: {@link #rejectUnknown} refuses the others.
 *
 * <p>Thread safety: confined.
 *
 * @since 0.1
 */
public final class JsonObject {

    private final Map<?, ?> members;
    private final String path;
    private final Set<String> asked = new HashSet<>();

    JsonObject(Map<?, ?> members, String path) {
        this.members = members;
        this.path = path;
    }

    /** {@return the names of its members} */
    public Set<String> names() {
        Set<String> names = new HashSet<>();
        members.keySet().forEach(name -> names.add(String.valueOf(name)));
        return Collections.unmodifiableSet(names);
    }

    /** {@return where it is, empty for the body itself} */
    public String path() {
        return path;
    }

    /** {@return the path of a member} */
    public String path(String name) {
        return path.isEmpty() ? name : path + '.' + name;
    }

    /** {@return a member; null when it is not given} */
    public @Nullable JsonValue get(String name) {
        asked.add(name);
        Object value = members.get(name);
        return value == null ? null : new JsonValue(value, path(name));
    }

    /** {@return a member that must be given} */
    public JsonValue require(String name) {
        JsonValue value = get(name);
        if (value == null) {
            throw new ProblemException(Problem.parameter(path(name), path(name) + " is missing; it must be given")
                    .withCode("missing_required_parameter"));
        }
        return value;
    }

    /** {@return a string; null when it is not given} */
    public @Nullable String text(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.text();
    }

    /** {@return a truth value, or what it is when it is not given} */
    public boolean flag(String name, boolean otherwise) {
        JsonValue value = get(name);
        return value == null ? otherwise : value.flag();
    }

    /** {@return whether a member is true; that is not asking for it} */
    public boolean isTrue(String name) {
        return Boolean.TRUE.equals(members.get(name));
    }

    /** {@return a whole number from a range; null when it is not given} */
    public @Nullable Integer integer(String name, int min, int max) {
        JsonValue value = get(name);
        return value == null ? null : (Integer) value.integer(min, max);
    }

    /** {@return a number from a range; null when it is not given} */
    public @Nullable Double number(String name, double min, double max) {
        JsonValue value = get(name);
        return value == null ? null : (Double) value.number(min, max);
    }

    /** {@return an object; null when it is not given} */
    public @Nullable JsonObject object(String name) {
        JsonValue value = get(name);
        return value == null ? null : value.object();
    }

    /** {@return the elements of an array; none when it is not given} */
    public List<JsonValue> elements(String name) {
        JsonValue value = get(name);
        return value == null ? List.of() : value.elements();
    }

    /** {@return its members as plain values, null included} */
    public Map<String, @Nullable Object> plain() {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        members.forEach((name, value) -> plain.put(String.valueOf(name), value));
        return plain;
    }

    /**
     * Refuses what nobody has asked for.
     *
     * @param ignored names that may be there all the same
     * @throws ProblemException that names the others
     */
    public void rejectUnknown(Set<String> ignored) {
        List<String> unknown = members.entrySet().stream()
                .filter(entry -> entry.getValue() != null)
                .map(entry -> String.valueOf(entry.getKey()))
                .filter(name -> !asked.contains(name) && !ignored.contains(name))
                .map(this::path)
                .toList();
        if (!unknown.isEmpty()) {
            String verb = unknown.size() == 1 ? " is not supported here" : " are not supported here";
            throw new ProblemException(Problem.parameter(
                            unknown.get(0), String.join(", ", unknown) + verb + "; leave out what is not documented")
                    .withCode("unknown_parameter"));
        }
    }
}
