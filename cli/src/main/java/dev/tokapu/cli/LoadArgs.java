package dev.tokapu.cli;

import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.Goal;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the load that a server gets. */
final class LoadArgs {

    static final String KEY = "TOKAPU_API_KEY";

    private static final int LEAST_REQUESTS = 8;
    private static final int REQUESTS_OF_A_USER = 4;
    private static final int SECONDS_OF_A_RATE = 30;

    @Option(
            names = "--serve",
            paramLabel = "URL",
            description =
                    "Measure this server instead of a model: ours, llama-server, vLLM or another with OpenAI's API,"
                            + " for example http://127.0.0.1:8080.")
    private @Nullable String url;

    @Option(
            names = "--users",
            paramLabel = "N",
            description = "With --serve: users at once, each asks again when it has its answer. Default: 1.")
    private @Nullable Integer users;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "With --serve: requests a second at random times (Poisson), instead of users.")
    private @Nullable Double rate;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description =
                    "With --serve: how many. Default: 4 for each user, those of 30 seconds at a rate, at least 8.")
    private @Nullable Integer requests;

    @Option(
            names = "--endpoint",
            paramLabel = "chat|completions",
            description = "With --serve: /v1/chat/completions or /v1/completions. Default: chat.")
    private String endpoint = "chat";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "With --serve: the model to ask for. Default: the first of /v1/models.")
    @Nullable
    String name;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "With --serve: a file that begins with the server's API key. Default: the key in " + KEY
                    + ", if it is set.")
    private @Nullable Path keyFile;

    @Option(
            names = "--ignore-eos",
            paramLabel = "true|false",
            arity = "0..1",
            fallbackValue = "true",
            description = "With --serve: go on to --gen tokens where the model would end. Default: where the server is"
                    + " known to do it (ours, llama-server, vLLM).")
    private @Nullable Boolean ignoreEos;

    @Option(
            names = "--goodput",
            paramLabel = "LIMITS",
            description = "With --serve: count the answers within these ms: ttft:500,tpot:50,e2el:8000, or some of it.")
    private @Nullable String goodput;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "With --serve: requests before, which are not measured. Default: 1.")
    private int warmUp = 1;

    @Option(names = "--seed", paramLabel = "N", description = "With --serve: of prompts and times. Default: 1.")
    long seed = 1;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description =
                    "With --serve: an answer that has not ended this long after the last request was sent has failed."
                            + " Default: 600.")
    private int timeout = 600;

    boolean isGiven() {
        return url != null;
    }

    /** The root of the server: what is given, without the {@code /v1} that clients of OpenAI's have in it. */
    URI server() {
        String given = String.valueOf(url);
        try {
            URI server = new URI(given.replaceFirst("/+(v1/*)?$", ""));
            if (server.getHost() != null && String.valueOf(server.getScheme()).matches("https?")) {
                return server;
            }
        } catch (URISyntaxException e) {
            // The same answer as for another scheme.
        }
        throw new CliException(
                ExitCode.USAGE,
                "--serve '" + given + "' is no address of a server; give one such as http://127.0.0.1:8080");
    }

    Arrivals arrivals() {
        if (rate == null) {
            return new Arrivals.Closed(users == null ? 1 : ContextArgs.atLeastOne("--users", users));
        }
        if (users != null) {
            throw new CliException(ExitCode.USAGE, "--users and --rate exclude each other; give one");
        }
        if (!(rate > 0) || rate.isInfinite()) {
            throw new CliException(ExitCode.USAGE, "--rate " + rate + " is no rate; give requests a second above 0");
        }
        return new Arrivals.Poisson(rate);
    }

    int requests() {
        if (requests != null) {
            return ContextArgs.atLeastOne("--requests", requests);
        }
        double wanted = arrivals() instanceof Arrivals.Closed closed
                ? (double) closed.concurrency() * REQUESTS_OF_A_USER
                : Math.ceil(rate == null ? 0 : rate * SECONDS_OF_A_RATE);
        return (int) Math.max(LEAST_REQUESTS, wanted);
    }

    int warmUp() {
        if (warmUp < 0) {
            throw new CliException(ExitCode.USAGE, "--warm-up " + warmUp + " is too small; give 0 or more");
        }
        return warmUp;
    }

    int timeout() {
        return ContextArgs.atLeastOne("--timeout", timeout);
    }

    boolean chat() {
        if (!endpoint.equals("chat") && !endpoint.equals("completions")) {
            throw new CliException(ExitCode.USAGE, "--endpoint " + endpoint + " is not known; use chat or completions");
        }
        return endpoint.equals("chat");
    }

    boolean ignoreEos(boolean known) {
        return ignoreEos == null ? known : ignoreEos;
    }

    Goal goal() {
        try {
            return goodput == null ? Goal.NONE : Goal.parse(goodput);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, "--goodput " + e.getMessage());
        }
    }

    /** The first word of the file that is no comment, so that a file of keys of {@code serve} does, or of the environment. */
    String key(UnaryOperator<@Nullable String> environment) {
        if (keyFile == null) {
            String key = environment.apply(KEY);
            return key == null ? "" : key.strip();
        }
        try {
            return Files.readAllLines(keyFile).stream()
                    .map(line -> line.replaceFirst("#.*", "").strip().replaceFirst("\\s.*", ""))
                    .filter(key -> !key.isEmpty())
                    .findFirst()
                    .orElseThrow(() -> new CliException(
                            ExitCode.USAGE, "--api-key-file " + keyFile + " holds no key; write one into it"));
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "--api-key-file " + keyFile + " cannot be read: " + e.getMessage());
        }
    }
}
