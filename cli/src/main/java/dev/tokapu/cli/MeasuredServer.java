package dev.tokapu.cli;

import dev.tokapu.cli.load.ServerTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself in {@code /v1/models}.
 *
 * @param model the first model, or the one that was named
 * @param knowsIgnoreEos whether the server is known to support {@code ignore_eos}
 */
record MeasuredServer(String model, boolean knowsIgnoreEos) {

    private static final Set<String> KNOW_IGNORE_EOS = Set.of("tokapu", "llamacpp", "vllm");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /**
     * Asks.
     *
     * @param name the model, or null for the first
     */
    static MeasuredServer ask(URI server, String key, @Nullable String name) {
        URI models = ServerTarget.path(server, "/v1/models");
        HttpRequest.Builder request = HttpRequest.newBuilder(models).timeout(TIMEOUT);
        if (!key.isEmpty()) {
            request.header("authorization", "Bearer " + key);
        }
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .build();
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return read(response.body(), name, models);
            }
            if (name == null || response.statusCode() == 401 || response.statusCode() == 403) {
                throw failure(models, "status " + response.statusCode());
            }
            return new MeasuredServer(name, false);
        } catch (IOException e) {
            throw failure(models, ServerTarget.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.INTERRUPTED, "interrupted");
        }
    }

    private static MeasuredServer read(String body, @Nullable String name, URI models) {
        try {
            if (Json.read(body) instanceof Map<?, ?> json && json.get("data") instanceof List<?> data) {
                for (Object one : data) {
                    if (one instanceof Map<?, ?> model && (name == null || name.equals(model.get("id")))) {
                        return new MeasuredServer(
                                String.valueOf(model.get("id")),
                                KNOW_IGNORE_EOS.contains(String.valueOf(model.get("owned_by"))));
                    }
                }
            }
        } catch (UncheckedIOException e) {
            // The same as JSON without models.
        }
        if (name == null) {
            throw new CliException(ExitCode.SERVER, models + " names no model; name one with --name");
        }
        return new MeasuredServer(name, false);
    }

    /** In one line: where, what, and what to do. */
    static CliException failure(URI where, String what) {
        return new CliException(ExitCode.SERVER, where + ": " + what + "; " + advice(what));
    }

    private static String advice(String what) {
        if (what.startsWith(ServerTarget.CANNOT_CONNECT)) {
            return "start the server, or give its address with --serve";
        }
        if (what.startsWith(ServerTarget.UNKNOWN_HOST)) {
            return "correct the address after --serve";
        }
        if (what.startsWith("status 401") || what.startsWith("status 403")) {
            return "give the server's API key with --api-key-file FILE or in " + LoadArgs.KEY;
        }
        if (what.startsWith("status 404")) {
            return "--serve wants the root of the server, --name one of its models";
        }
        if (what.startsWith("status 4")) {
            return "--prompt, --gen, --endpoint, --name and --ignore-eos=false change what is asked for";
        }
        if (what.startsWith("the answer is no event stream")) {
            return "is it OpenAI's API? The other --endpoint may be";
        }
        if (what.startsWith("TLS")) {
            return "is it http instead of https, or a certificate that Java does not trust?"
                    + " JDK_JAVA_OPTIONS=-Djavax.net.ssl.trustStore=FILE names the certificates that Java trusts";
        }
        return "the log of the server may say why";
    }
}
