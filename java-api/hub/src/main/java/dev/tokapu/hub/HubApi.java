package dev.tokapu.hub;

import dev.tokapu.internal.util.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Questions to hubs that are answered in JSON. */
final class HubApi {

    private static final int MOST_BYTES = 32 << 20;
    private static final long POLL_MILLIS = 50;

    private final HubHttp http;
    private final HubOptions options;
    private final BooleanSupplier goesOn;

    /**
     * Creates one.
     *
     * @param goesOn asked while waiting
     */
    HubApi(HubHttp http, HubOptions options, BooleanSupplier goesOn) {
        this.http = http;
        this.options = options;
        this.goesOn = goesOn;
    }

    /** An answer. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Answer(byte[] bytes, HttpHeaders headers, URI uri) {

        /** The object that it is. */
        Map<?, ?> object() throws HubFailure {
            if (json() instanceof Map<?, ?> map) {
                return map;
            }
            throw unexpected("no JSON object");
        }

        List<?> list() throws HubFailure {
            if (json() instanceof List<?> list) {
                return list;
            }
            throw unexpected("no JSON array");
        }

        private @Nullable Object json() throws HubFailure {
            try {
                return Json.read(new String(bytes, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw unexpected("no JSON");
            }
        }

        HubFailure unexpected(String what) {
            return HubFailure.lasting(Addresses.shown(uri) + " answers with " + what
                    + "; check that it is the address of a hub (HF_ENDPOINT)");
        }
    }

    /** Asks until there is an answer, or no other try helps. */
    Answer get(URI uri, String accept, @Nullable String token) throws IOException, InterruptedException {
        Retries retries = new Retries(options);
        while (true) {
            try {
                return once(uri, accept, token);
            } catch (IOException e) {
                pause(retries.after(e));
            }
        }
    }

    private void pause(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            check();
            Thread.sleep(Math.min(POLL_MILLIS, TimeUnit.NANOSECONDS.toMillis(left) + 1));
        }
    }

    private void check() {
        if (!goesOn.getAsBoolean()) {
            throw new CancellationException("the download was cancelled");
        }
    }

    private Answer once(URI uri, String accept, @Nullable String token) throws IOException, InterruptedException {
        Future<HubHttp.Received<byte[]>> asked =
                http.submit(() -> http.get(uri, Map.of("Accept", accept), token, (from, info) -> {
                    if (info.statusCode() != 200) {
                        boolean own = token != null && Addresses.isSameOrigin(uri, from);
                        throw Answers.failure(from, info, own);
                    }
                    return new LimitedBody(MOST_BYTES, Addresses.shown(from));
                }));
        long end = System.nanoTime() + options.timeout().toNanos();
        try {
            while (System.nanoTime() - end < 0) {
                check();
                try {
                    HubHttp.Received<byte[]> received = asked.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
                    return new Answer(received.body(), received.headers(), received.uri());
                } catch (TimeoutException e) {
                    // It is asked again whether to go on.
                }
            }
            throw HubFailure.passing(
                    Addresses.shown(uri) + " does not answer within "
                            + options.timeout().toSeconds() + " s",
                    (Duration) null);
        } catch (ExecutionException e) {
            throw RangeTransfer.ioException(e);
        } finally {
            asked.cancel(true);
        }
    }
}
