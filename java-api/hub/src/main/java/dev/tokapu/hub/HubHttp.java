package dev.tokapu.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Requests to hubs: redirects are followed, and a secret goes to the host that it is for and to no other. */
final class HubHttp {

    private static final int MOST_REDIRECTS = 10;
    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final String AGENT = "tokapu-hub";

    private final HubOptions options;
    private final Proxies proxies = Proxies.ofEnvironment();
    private final ExecutorService threads;
    private @Nullable HttpClient client; // with the lock of this

    HubHttp(HubOptions options) {
        this.options = options;
        this.threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "tokapu-hub-http");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Made when it is needed: it has a thread, and looking into the cache needs none. */
    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made = newClient();
            client = made;
        }
        return made;
    }

    private HttpClient newClient() {
        // HTTP/1.1: parallel ranges are to be connections of their own.
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT.compareTo(options.timeout()) < 0 ? CONNECT : options.timeout())
                .proxy(proxies)
                .executor(threads)
                .build();
    }

    /** Runs something on a thread that does not keep the process alive. */
    <T> Future<T> submit(Callable<T> task) {
        return threads.submit(task);
    }

    /** What is to become of the answer at the end of redirects. */
    interface Answer<T> {

        /** Where the body from an address goes; an exception for an answer that is not wanted. */
        HttpResponse.BodySubscriber<T> body(URI uri, ResponseInfo info) throws IOException;
    }

    /** An answer, and where it came from. */
    record Received<T>(T body, HttpHeaders headers, URI uri) {}

    /**
     * Sends a GET request. Blocks until the body is there, interruptibly.
     *
     * @param token for this host alone
     */
    <T> Received<T> get(URI address, Map<String, String> headers, @Nullable String token, Answer<T> answer)
            throws IOException, InterruptedException {
        URI uri = address;
        boolean own = true;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            String refusal = Addresses.refusal(uri, options.plainHttp());
            if (refusal != null) {
                throw HubFailure.lasting((redirects == 0 ? "" : Addresses.shown(address) + " sends on to ")
                        + Addresses.shown(uri) + ", which is not asked: " + refusal);
            }
            own &= Addresses.isSameOrigin(
                    address, uri); // another host may send back, and then chooses what is asked for
            HttpResponse<Supplier<Received<T>>> response = send(request(uri, headers, own ? token : null), answer);
            String location = isRedirect(response.statusCode())
                    ? response.headers().firstValue("Location").orElse("")
                    : null;
            if (location == null) {
                return response.body().get();
            }
            uri = next(uri, location);
        }
        throw HubFailure.lasting(Addresses.shown(address) + " sends on more than " + MOST_REDIRECTS + " times");
    }

    private HttpRequest request(URI uri, Map<String, String> headers, @Nullable String token) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(options.timeout()).header("User-Agent", AGENT);
        headers.forEach(request::header);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        String proxy = proxies.authorization(uri);
        if (proxy != null) {
            request.header("Proxy-Authorization", proxy);
        }
        return request.build();
    }

    /** Where a redirect leads: to any host, as hubs have storage elsewhere, but neither off https:// nor from elsewhere to this machine. */
    static URI next(URI uri, String location) throws HubFailure {
        if (location.isEmpty()) {
            throw HubFailure.lasting(Addresses.shown(uri) + " sends on and does not say where to");
        }
        URI next;
        try {
            next = uri.resolve(location);
        } catch (IllegalArgumentException e) {
            throw HubFailure.passing(Addresses.shown(uri) + " sends on to something that is no address", e);
        }
        if ("https".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(next.getScheme())) {
            throw HubFailure.lasting(Addresses.shown(uri) + " sends on from https:// to http://, which is refused");
        }
        String host = next.getHost();
        if (host != null && Addresses.isLoopback(host) && !Addresses.isLoopback(uri.getHost())) {
            throw HubFailure.lasting(Addresses.shown(uri) + " sends on to this machine, which is refused");
        }
        return next;
    }

    private <T> HttpResponse<Supplier<Received<T>>> send(HttpRequest request, Answer<T> answer)
            throws IOException, InterruptedException {
        try {
            return client().send(request, info -> {
                if (isRedirect(info.statusCode())) {
                    return BodySubscribers.mapping(BodySubscribers.discarding(), nothing -> () -> {
                        throw new IllegalStateException("a redirect has no answer");
                    });
                }
                try {
                    return BodySubscribers.mapping(
                            answer.body(request.uri(), info),
                            body -> () -> new Received<>(body, info.headers(), request.uri()));
                } catch (IOException e) {
                    return new FailedBody<>(e);
                }
            });
        } catch (HubFailure e) {
            throw e;
        } catch (IOException e) {
            throw failure(request.uri(), e);
        }
    }

    /** The client wraps what a subscriber fails with. */
    private static IOException failure(URI uri, IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof HubFailure ours) {
                return ours;
            }
            if (cause instanceof LocalFailure local) {
                return local;
            }
        }
        String where = Addresses.shown(uri);
        if (e instanceof SSLException) {
            return HubFailure.passing(
                    where + " cannot be trusted or does not speak TLS: " + e.getMessage()
                            + "; a proxy's own certificate must be in Java's trust store (-Djavax.net.ssl.trustStore)",
                    e);
        }
        boolean unreachable = e instanceof ConnectException
                || e instanceof HttpConnectTimeoutException
                || e.getCause() instanceof UnknownHostException;
        return HubFailure.passing(
                unreachable
                        ? where + " cannot be reached; check the network, the proxy (https_proxy), or the mirror"
                                + " (HF_ENDPOINT)"
                        : "the connection to " + where + " broke: " + e.getMessage(),
                e);
    }

    static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }
}
