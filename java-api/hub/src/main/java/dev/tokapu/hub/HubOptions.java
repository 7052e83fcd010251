package dev.tokapu.hub;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link Hub}. {@link #fromEnvironment()} reads what other tools read, too.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class HubOptions {

    private final Builder values;

    private HubOptions(Builder values) {
        this.values = values;
    }

    /**
     * {@return the settings that system properties and the environment name}
     *
     * <p>The properties are {@code tokapu.hub.endpoint}, {@code tokapu.hub.ollama.endpoint}, {@code tokapu.hub.cache},
     * {@code tokapu.hub.offline}, {@code tokapu.hub.plain} and {@code tokapu.hub.max.size}; the variables are those of Hugging Face's own library
     * and of llama.cpp. docs/models.md lists them.
     */
    public static HubOptions fromEnvironment() {
        return HubEnvironment.read(System::getProperty, System::getenv);
    }

    /** {@return a builder with the settings of {@link #fromEnvironment()}} */
    public static Builder builder() {
        return fromEnvironment().toBuilder();
    }

    /** {@return a builder with these settings} */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** {@return where Hugging Face's API is, or a mirror of it} */
    public URI endpoint() {
        return values.endpoint;
    }

    /** {@return where Ollama's registry is} */
    public URI ollamaEndpoint() {
        return values.ollamaEndpoint;
    }

    /** {@return the token that Hugging Face is sent, and nobody else; null for none} */
    public @Nullable String token() {
        return values.token;
    }

    /** {@return the folder of models from Hugging Face, in the layout that its own library and llama.cpp use} */
    public Path cache() {
        return values.cache;
    }

    /** {@return the folder of other models; null for {@code hub} in Tokapu's cache directory} */
    public @Nullable Path otherCache() {
        return values.otherCache;
    }

    /** {@return the folder in which Ollama keeps its models, which are used and not changed} */
    public @Nullable Path ollamaModels() {
        return values.ollamaModels;
    }

    /** {@return whether only what is on this machine is used} */
    public boolean offline() {
        return values.offline;
    }

    /** {@return whether {@code http://} may go to other machines} */
    public boolean plainHttp() {
        return values.plainHttp;
    }

    /** {@return how many parts of a file are downloaded at the same time} */
    public int connections() {
        return values.connections;
    }

    /** {@return the bytes of such a part} */
    public long partSize() {
        return values.partSize;
    }

    /** {@return how often a request that failed is sent again, if no bytes have come in between} */
    public int retries() {
        return values.retries;
    }

    /** {@return how long the first wait before another try is; each is twice as long as the one before} */
    public Duration retryDelay() {
        return values.retryDelay;
    }

    /** {@return how long a hub may send nothing} */
    public Duration timeout() {
        return values.timeout;
    }

    /** {@return the most bytes that a file of a model may have} */
    public long maxSize() {
        return values.maxSize;
    }

    private List<@Nullable Object> all() {
        return Arrays.asList(
                values.endpoint,
                values.ollamaEndpoint,
                values.token,
                values.cache,
                values.otherCache,
                values.ollamaModels,
                values.offline,
                values.plainHttp,
                values.connections,
                values.partSize,
                values.retries,
                values.retryDelay,
                values.timeout,
                values.maxSize);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HubOptions options && all().equals(options.all());
    }

    @Override
    public int hashCode() {
        return all().hashCode();
    }

    @Override
    public String toString() {
        return "HubOptions[" + values.endpoint + ", " + values.ollamaEndpoint + ", " + values.cache
                + (values.offline ? ", offline" : "") + (values.token == null ? "" : ", with a token") + "]";
    }

    /**
     * Makes {@link HubOptions}.
     *
     * <p>Thread safety: not safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private URI endpoint = URI.create("https://huggingface.co");
        private URI ollamaEndpoint = URI.create("https://registry.ollama.ai");
        private @Nullable String token;
        private Path cache;
        private @Nullable Path otherCache;
        private @Nullable Path ollamaModels;
        private boolean offline;
        private boolean plainHttp;
        private int connections = 4;
        private long partSize = 64L << 20;
        private int retries = 5;
        private Duration retryDelay = Duration.ofSeconds(1);
        private Duration timeout = Duration.ofSeconds(60);
        private long maxSize = 1L << 42;

        Builder(Path cache) {
            this.cache = cache;
        }

        private Builder(Builder other) {
            this.endpoint = other.endpoint;
            this.ollamaEndpoint = other.ollamaEndpoint;
            this.token = other.token;
            this.cache = other.cache;
            this.otherCache = other.otherCache;
            this.ollamaModels = other.ollamaModels;
            this.offline = other.offline;
            this.plainHttp = other.plainHttp;
            this.connections = other.connections;
            this.partSize = other.partSize;
            this.retries = other.retries;
            this.retryDelay = other.retryDelay;
            this.timeout = other.timeout;
            this.maxSize = other.maxSize;
        }

        /** Sets where Hugging Face's API is: a mirror. */
        public Builder endpoint(URI value) {
            endpoint = Addresses.endpoint(value);
            return this;
        }

        /** Sets where Ollama's registry is. */
        public Builder ollamaEndpoint(URI value) {
            ollamaEndpoint = Addresses.endpoint(value);
            return this;
        }

        /** Sets the token for Hugging Face; null for none. */
        public Builder token(@Nullable String value) {
            if (value != null && !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException("the token has characters that no header may have; check"
                        + " HF_TOKEN, or the file with the token");
            }
            token = value;
            return this;
        }

        /** Sets the folder of models from Hugging Face. */
        public Builder cache(Path value) {
            cache = Objects.requireNonNull(value, "cache");
            return this;
        }

        /** Sets the folder of other models; null for the default. */
        public Builder otherCache(@Nullable Path value) {
            otherCache = value;
            return this;
        }

        /** Sets the folder in which Ollama keeps its models; null for none. */
        public Builder ollamaModels(@Nullable Path value) {
            ollamaModels = value;
            return this;
        }

        /** Sets whether only what is on this machine is used. */
        public Builder offline(boolean value) {
            offline = value;
            return this;
        }

        /** Sets whether {@code http://} may go to other machines than this one. */
        public Builder plainHttp(boolean value) {
            plainHttp = value;
            return this;
        }

        /** Sets how many parts of a file are downloaded at the same time, 1 to 32. */
        public Builder connections(int value) {
            connections = (int) within("connections", value, 1, 32);
            return this;
        }

        /** Sets the bytes of such a part, 1 or more. */
        public Builder partSize(long value) {
            partSize = within("partSize", value, 1, Long.MAX_VALUE);
            return this;
        }

        /** Sets how often a request that failed is sent again. */
        public Builder retries(int value) {
            retries = (int) within("retries", value, 0, 100);
            return this;
        }

        /** Sets how long the first wait before another try is. */
        public Builder retryDelay(Duration value) {
            retryDelay = Duration.ofMillis(within("retryDelay in ms", value.toMillis(), 0, 60_000));
            return this;
        }

        /** Sets how long a hub may send nothing. */
        public Builder timeout(Duration value) {
            timeout = Duration.ofMillis(within("timeout in ms", value.toMillis(), 1, 3_600_000));
            return this;
        }

        /** Sets the most bytes that a file of a model may have. */
        public Builder maxSize(long value) {
            maxSize = within("maxSize", value, 1, Long.MAX_VALUE);
            return this;
        }

        private static long within(String name, long value, long least, long most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(name + " is " + value + "; it must be " + least + " to " + most);
            }
            return value;
        }

        /** {@return the options} */
        public HubOptions build() {
            return new HubOptions(new Builder(this));
        }
    }
}
