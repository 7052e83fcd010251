package dev.tokapu.hub;

import dev.tokapu.spi.library.FilePaths;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads settings from system properties, which come first, and the variables of Hugging Face's library, llama.cpp and Ollama. */
final class HubEnvironment {

    static final String ENDPOINT = "tokapu.hub.endpoint";
    static final String OLLAMA_ENDPOINT = "tokapu.hub.ollama.endpoint";
    static final String CACHE = "tokapu.hub.cache";
    static final String OFFLINE = "tokapu.hub.offline";
    static final String PLAIN = "tokapu.hub.plain";
    static final String MAX_SIZE = "tokapu.hub.max.size";

    private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");

    private final Lookup properties;
    private final Lookup variables;

    /** A property or a variable; null where it is not set. */
    interface Lookup {
        @Nullable
        String get(String name);
    }

    private HubEnvironment(Lookup properties, Lookup variables) {
        this.properties = properties;
        this.variables = variables;
    }

    static HubOptions read(Lookup properties, Lookup variables) {
        return new HubEnvironment(properties, variables).read();
    }

    private HubOptions read() {
        HubOptions.Builder options = new HubOptions.Builder(cache());
        String endpoint = first(property(ENDPOINT), variable("HF_ENDPOINT"), variable("MODEL_ENDPOINT"));
        if (endpoint != null) {
            options.endpoint(uri(endpoint, "HF_ENDPOINT"));
        }
        String ollama = property(OLLAMA_ENDPOINT);
        if (ollama != null) {
            options.ollamaEndpoint(uri(ollama, OLLAMA_ENDPOINT));
        }
        String maxSize = property(MAX_SIZE);
        if (maxSize != null) {
            try {
                options.maxSize(Long.parseLong(maxSize));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(MAX_SIZE + '=' + maxSize + " is no number of bytes", e);
            }
        }
        return options.token(token())
                .ollamaModels(ollamaModels())
                .offline(isTrue(first(property(OFFLINE), variable("HF_HUB_OFFLINE"))))
                .plainHttp(isTrue(property(PLAIN)))
                .build();
    }

    /** In llama.cpp's order: with a variable of its own first, then those of Hugging Face. */
    private Path cache() {
        String own = first(
                property(CACHE), variable("LLAMA_CACHE"), variable("HF_HUB_CACHE"), variable("HUGGINGFACE_HUB_CACHE"));
        return own != null ? path(own) : home().resolve("hub");
    }

    private Path home() {
        String home = variable("HF_HOME");
        if (home != null) {
            return path(home);
        }
        String cache = variable("XDG_CACHE_HOME");
        return cache != null
                ? path(cache).resolve("huggingface")
                : userHome().resolve(Path.of(".cache", "huggingface"));
    }

    private Path userHome() {
        return FilePaths.home(property("user.home"), variable("HOME"))
                .orElseGet(() -> Path.of("").toAbsolutePath());
    }

    private Path ollamaModels() {
        String models = variable("OLLAMA_MODELS");
        return models != null ? path(models) : userHome().resolve(Path.of(".ollama", "models"));
    }

    private @Nullable String token() {
        String token = first(variable("HF_TOKEN"), variable("HUGGING_FACE_HUB_TOKEN"));
        if (token != null) {
            return token.strip();
        }
        String named = variable("HF_TOKEN_PATH");
        Path file = named != null ? path(named) : home().resolve("token");
        try {
            String text = Files.isRegularFile(file) ? Files.readString(file).strip() : "";
            return text.isEmpty() ? null : text;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the token in " + file + " cannot be read: " + e.getMessage() + "; set HF_TOKEN", e);
        }
    }

    private @Nullable String property(String name) {
        return set(properties.get(name));
    }

    private @Nullable String variable(String name) {
        return set(variables.get(name));
    }

    private static @Nullable String set(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }

    private static @Nullable String first(@Nullable String... values) {
        for (String value : values) {
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static boolean isTrue(@Nullable String value) {
        return value != null && TRUE.contains(value.toLowerCase(Locale.ROOT));
    }

    private Path path(String text) {
        boolean home = text.startsWith("~/");
        Path path = Path.of(home ? text.substring(2) : text);
        return home ? userHome().resolve(path) : path.toAbsolutePath();
    }

    private static URI uri(String text, String name) {
        try {
            return URI.create(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + '=' + text + " is no address", e);
        }
    }

    /** The names that a proxy is set by, the first to win. */
    static List<String> proxyVariables(boolean secure) {
        return secure
                ? List.of("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
                : List.of("http_proxy", "all_proxy", "ALL_PROXY");
    }
}
