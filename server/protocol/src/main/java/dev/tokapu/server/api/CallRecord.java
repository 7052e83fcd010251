package dev.tokapu.server.api;

import dev.tokapu.text.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call besides what it says: neither prompts nor answers.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class CallRecord {

    private final String id;
    private final String tenant;
    private final String path;
    private final Instant began = Instant.now();
    private final long start = System.nanoTime();
    private volatile @Nullable String model;
    private volatile @Nullable Supplier<Usage> soFar;
    private volatile Usage used = Usage.NONE;
    private volatile @Nullable String status;
    private volatile long end;

    CallRecord(String id, String tenant, String path) {
        this.id = id;
        this.tenant = tenant;
        this.path = path;
    }

    /** {@return the id of the request, as the response has it} */
    public String id() {
        return id;
    }

    /** {@return whose call it is} */
    public String tenant() {
        return tenant;
    }

    /** {@return the path that was asked for} */
    public String path() {
        return path;
    }

    /** {@return when it came} */
    public Instant began() {
        return began;
    }

    /** {@return the model that works for it; null while that is not known} */
    public @Nullable String model() {
        return model;
    }

    /** {@return how it ended: the status code, or {@code gone} where the client had; null while it has not} */
    public @Nullable String status() {
        return status;
    }

    /** {@return whether an engine has it} */
    public boolean isSubmitted() {
        return model != null;
    }

    /** {@return how long it took, or has taken so far} */
    public Duration time() {
        return Duration.ofNanos((status == null ? System.nanoTime() : end) - start);
    }

    /** {@return the tokens that it took, or has taken so far} */
    public Usage usage() {
        Supplier<Usage> growing = soFar;
        return growing == null ? used : growing.get();
    }

    void submitted(String toModel, Supplier<Usage> usage) {
        soFar = usage;
        model = toModel;
    }

    void used(Usage usage) {
        used = usage;
        soFar = null; // an answer that nobody needs any more
    }

    void ended(String code) {
        end = System.nanoTime();
        status = code;
    }
}
