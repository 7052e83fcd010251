package dev.tokapu.server.api;

import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The paths and methods that a server knows. A path that ends in {@code /*} takes the rest of what is asked for as a parameter.
 *
 * <p>Thread safety: filled by one thread, then safe.
 *
 * @since 0.1
 */
public final class Routes {

    private static final String ANY = "/*";

    private final Map<String, Map<String, Route>> exact = new HashMap<>();
    private final Map<String, Map<String, Route>> beginnings = new HashMap<>();
    private final List<Api> apis = new ArrayList<>();

    /** None. */
    Routes() {}

    /**
     * Where a call goes.
     *
     * @param path the path, with its star
     * @param open whether anybody may call it
     * @param quick whether it is answered by the thread that reads connections
     * @param uploads where the file of a caller's form goes; null where no form is expected
     */
    record Route(
            Api api,
            String path,
            boolean open,
            boolean quick,
            Operation operation,
            @Nullable Function<Caller, Upload> uploads) {}

    /** A route and what stands for its star. */
    record Match(Route route, String rest) {}

    void add(Api api) {
        apis.add(api);
        api.addTo(this);
    }

    /** Adds what only callers with a key may ask, and what may take its time. */
    public Routes add(Api api, String method, String path, Operation operation) {
        return add(method, new Route(api, path, false, false, operation, null));
    }

    /** Adds what only callers with a key may ask, answered at once by the thread that reads connections: nothing that reads a body. */
    public Routes addQuick(Api api, String method, String path, Operation operation) {
        return add(method, new Route(api, path, false, true, operation, null));
    }

    /** Adds what anybody may ask, answered at once by the thread that reads connections. */
    public Routes addOpen(Api api, String method, String path, Operation operation) {
        return add(method, new Route(api, path, true, true, operation, null));
    }

    /**
     * Adds what takes a form with a file, and may take its time.
     *
     * @param uploads where the file of a caller's form goes; throws {@link ProblemException} when there is no room
     */
    public Routes addUpload(Api api, String path, Function<Caller, Upload> uploads, Operation operation) {
        return add("POST", new Route(api, path, false, false, operation, uploads));
    }

    private Routes add(String method, Route route) {
        String path = route.path();
        boolean any = path.endsWith(ANY);
        Route other = (any ? beginnings : exact)
                .computeIfAbsent(any ? path.substring(0, path.length() - 1) : path, key -> new TreeMap<>())
                .putIfAbsent(method, route);
        if (other != null) {
            throw new IllegalArgumentException("two APIs have the route " + method + ' ' + path);
        }
        return this;
    }

    /** Whether a path, not one with a star, takes a method. */
    boolean has(String method, String path) {
        return exact.getOrDefault(path, Map.of()).containsKey(method);
    }

    /** The route of a form with a file; null where none is expected. */
    @Nullable
    Route upload(String method, String path) {
        Route route = exact.getOrDefault(path, Map.of()).get(method);
        return route == null || route.uploads() == null ? null : route;
    }

    /** The routes of a path by their methods, and what stands for the star. */
    private record Found(Map<String, Route> methods, String rest) {}

    private @Nullable Found find(String path) {
        Map<String, Route> methods = exact.get(path);
        if (methods != null) {
            return new Found(methods, "");
        }
        for (Map.Entry<String, Map<String, Route>> beginning : beginnings.entrySet()) {
            String start = beginning.getKey();
            if (path.startsWith(start) && path.length() > start.length()) {
                return new Found(beginning.getValue(), path.substring(start.length()));
            }
        }
        return null;
    }

    /** The route of a request. */
    Match find(String method, String path) {
        Found found = find(path);
        if (found == null) {
            throw new ProblemException(Problem.of(Kind.NOT_FOUND, "there is nothing at " + Problem.shown(path))
                    .withCode("unknown_url"));
        }
        return new Match(route(found.methods(), method, path), found.rest());
    }

    /** Who tells that a path has no such route: the API of its other routes, the one whose path it is, or the first. */
    Api api(String path) {
        Found found = find(path);
        return found != null
                ? found.methods().values().iterator().next().api()
                : apis.stream().filter(api -> api.owns(path)).findFirst().orElse(apis.get(0));
    }

    private static Route route(Map<String, Route> methods, String method, String path) {
        @Nullable Route route = methods.get(method.equals("HEAD") ? "GET" : method);
        if (route == null) {
            throw new ProblemException(Problem.of(
                            Kind.METHOD,
                            Problem.shown(path) + " takes " + String.join(", ", new TreeSet<>(methods.keySet()))
                                    + ", not " + Problem.shown(method))
                    .withCode("method_not_supported"));
        }
        return route;
    }
}
