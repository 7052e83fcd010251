package dev.tokapu.server.api;

import dev.tokapu.server.api.Routes.Match;
import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.HttpHandler;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request to the operation of an API that it is for.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Dispatcher implements HttpHandler {

    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private static final int NO_CONTENT = 204;

    private final Service service;
    private final Callers callers;
    private final RecentCalls calls;
    private final BiFunction<Exchange, Caller, Exchange> keeper;
    private final Routes routes = new Routes();

    /**
     * Creates one.
     *
     * @param service what the APIs work with
     * @param callers tells who calls
     * @param apis the APIs; the first tells of paths that nobody knows and no API owns
     */
    public Dispatcher(Service service, Callers callers, List<? extends Api> apis) {
        this(service, callers, apis, new RecentCalls(), (exchange, caller) -> exchange);
    }

    /**
     * Creates one that notes how calls go, and may answer a request by an exchange of another kind.
     *
     * @param service what the APIs work with
     * @param callers tells who calls
     * @param apis the APIs; the first tells of paths that nobody knows and no API owns
     * @param calls where it is noted
     * @param keeper wraps the exchange of a request, or returns it as it is
     */
    public Dispatcher(
            Service service,
            Callers callers,
            List<? extends Api> apis,
            RecentCalls calls,
            BiFunction<Exchange, Caller, Exchange> keeper) {
        this.service = service;
        this.callers = callers;
        this.calls = calls;
        this.keeper = keeper;
        apis.forEach(routes::add);
    }

    @Override
    public void handle(Exchange exchange) {
        if (service.cors().isPreflight(exchange)) {
            exchange.respond(NO_CONTENT, service.cors().preflight(exchange), new byte[0]);
            return;
        }
        Match match;
        Caller caller;
        try {
            match = routes.find(exchange.method(), exchange.path());
            caller = caller(match.route(), exchange);
            refuseCompressed(exchange);
        } catch (RuntimeException e) {
            refuse(exchange, e);
            return;
        }
        String id = id(exchange.header("x-request-id"));
        begin(match.route().quick() ? exchange : keeper.apply(exchange, caller), id, match, caller);
    }

    @Override
    public void check(Exchange head) {
        if (!service.cors().isPreflight(head)) {
            Caller unused = caller(routes.find(head.method(), head.path()).route(), head);
            refuseCompressed(head);
        }
    }

    @Override
    public void refuse(Exchange head, RuntimeException problem) {
        Api api = routes.api(head.path());
        String path = "";
        Caller caller = Caller.ANYONE;
        try {
            Routes.Route route = routes.find(head.method(), head.path()).route();
            api = route.api();
            path = route.path();
            caller = caller(route, head);
        } catch (RuntimeException e) { // nothing more is known of it
        }
        new Call(head, api, id(head.header("x-request-id")), caller, path, "", service).fail(problem);
    }

    /** Who calls, from a page that may. */
    private Caller caller(Routes.Route route, Exchange exchange) {
        refuseOtherOrigins(exchange);
        return route.open() ? Caller.ANYONE : callers.of(exchange);
    }

    /**
     * Answers a request that the server makes on behalf of a caller, as if the caller had sent it. Neither key nor origin is looked at.
     *
     * @param exchange the request
     * @param caller the caller
     */
    public void handle(Exchange exchange, Caller caller) {
        String id = id(null);
        try {
            begin(exchange, id, routes.find(exchange.method(), exchange.path()), caller);
        } catch (ProblemException e) {
            new Call(exchange, routes.api(exchange.path()), id, caller, "", "", service).fail(e);
        }
    }

    private void begin(Exchange exchange, String id, Match match, Caller caller) {
        Routes.Route route = match.route();
        Call call = new Call(exchange, route.api(), id, caller, route.path(), match.rest(), service);
        if (route.quick()) {
            run(route, call);
        } else {
            try {
                if (exchange.method().equals("POST")) { // what only looks costs nothing
                    call.noteIn(calls.begin(id, caller.tenant(), exchange.path()));
                    caller.quota().begin();
                }
                service.workers().call(() -> run(route, call));
            } catch (RuntimeException e) {
                call.fail(e);
            }
        }
    }

    @Override
    public @Nullable Upload upload(Exchange head) {
        Routes.Route route = routes.upload(head.method(), head.path());
        if (route == null || route.uploads() == null) {
            return null;
        }
        Caller caller = caller(route, head);
        refuseCompressed(head);
        return route.uploads().apply(caller);
    }

    /** {@return whether a path, not one that ends in a star, takes a method} */
    public boolean serves(String method, String path) {
        return routes.has(method, path);
    }

    /** A page of another host has no business here, and browsers say where a page is from. */
    private void refuseOtherOrigins(Exchange exchange) {
        String origin = exchange.header("origin");
        if (origin != null && !service.cors().allows(origin)) {
            String host = exchange.header("host");
            int scheme = origin.indexOf("://");
            if (host == null || scheme < 0 || !origin.substring(scheme + 3).equalsIgnoreCase(host)) {
                throw new ProblemException(
                        Problem.of(Problem.Kind.FORBIDDEN, "pages of other hosts may not call this server")
                                .withCode("origin_not_allowed"));
            }
        }
    }

    /** All limits are for bodies as they arrive: what is unpacked may be a thousand times as long. */
    private static void refuseCompressed(Exchange exchange) {
        String encoding = exchange.header("content-encoding");
        if (encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
            throw new ProblemException(Problem.of(
                            Problem.Kind.MEDIA_TYPE,
                            "the body has the content-encoding '" + Problem.shown(encoding)
                                    + "'; bodies are not decompressed, send it without")
                    .withCode("unsupported_content_encoding"));
        }
    }

    private static void run(Routes.Route route, Call call) {
        if (call.isClosed()) {
            call.gone();
            return;
        }
        try {
            call.run(() -> route.operation().handle(call));
        } catch (Throwable e) { // one call's failure is no other's
            call.fail(e);
        }
    }

    private static String id(@Nullable String given) {
        return given != null && REQUEST_ID.matcher(given).matches()
                ? given
                : "req_" + UUID.randomUUID().toString().replace("-", "");
    }
}
