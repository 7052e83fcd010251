package dev.tokapu.testsupport;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A server that behaves like Hugging Face and like Ollama's registry: listings in pages, redirects to a storage at another address, gated and
 * missing repositories. What goes wrong on the way is the {@link ScriptedStorage}'s.
 *
 * <p>Thread safety: safe.
 */
public final class ScriptedHub implements AutoCloseable {

    /** The commit of all repositories at first. */
    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private static final int PAGE = 3;

    private final ScriptedStorage storage = new ScriptedStorage();
    private final ScriptedHttp http;
    private final Map<String, Map<String, byte[]>> repos = new ConcurrentHashMap<>();
    private final Map<String, String> manifests = new ConcurrentHashMap<>();
    private final Map<String, Long> claimedSizes = new ConcurrentHashMap<>();
    private volatile String commit = COMMIT;
    private volatile @Nullable String token;

    /** Starts one. */
    public ScriptedHub() {
        http = new ScriptedHttp(this::answer);
    }

    /** Its address. */
    public URI uri() {
        return http.uri();
    }

    /** Where the files are. */
    public ScriptedStorage storage() {
        return storage;
    }

    /** The requests that came, as {@code METHOD path}, without those to the storage. */
    public List<ScriptedHttp.Received> requests() {
        return http.received();
    }

    /** Adds a repository, or has one with other files. */
    public ScriptedHub repo(String name, Map<String, byte[]> files) {
        repos.put(name, new LinkedHashMap<>(files));
        files.values().forEach(storage::put);
        return this;
    }

    /** Has another commit from now on. */
    public ScriptedHub commit(String value) {
        commit = value;
        return this;
    }

    /** Answers only who sends this token; it gates all repositories. */
    public ScriptedHub gated(String value) {
        token = value;
        return this;
    }

    /** Lists a file with another size than it has. */
    public ScriptedHub claimSize(String path, long size) {
        claimedSizes.put(path, size);
        return this;
    }

    /** Adds a model of Ollama's library, with a template and a license beside the weights. */
    public ScriptedHub ollama(String repo, String tag, byte[] weights) {
        String digest = storage.put(weights);
        String other = storage.put("{{ .Prompt }}".getBytes(StandardCharsets.UTF_8));
        String layer = "{\"mediaType\":\"application/vnd.ollama.image.";
        manifests.put(
                repo + '/' + tag,
                "{\"schemaVersion\":2,\"layers\":["
                        + layer + "template\",\"digest\":\"sha256:" + other + "\",\"size\":13},"
                        + layer + "model\",\"digest\":\"sha256:" + digest + "\",\"size\":" + weights.length + "},"
                        + layer + "license\",\"digest\":\"sha256:" + other + "\",\"size\":13}]}");
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/api/models/")) {
            api(exchange, path.substring("/api/models/".length()).split("/", 5));
        } else if (path.startsWith("/v2/")) {
            registry(exchange, path.substring("/v2/".length()).split("/", 4));
        } else {
            resolve(exchange, path.substring(1).split("/", 5));
        }
    }

    /** ORG/REPO/revision/REVISION, ORG/REPO/tree/COMMIT. */
    private void api(HttpExchange exchange, String[] parts) throws IOException {
        Map<String, byte[]> files = files(exchange, parts);
        if (files == null) {
            return;
        }
        boolean known = parts[3].equals("main") || parts[3].equals(commit);
        if (!known) {
            exchange.getResponseHeaders().set("X-Error-Code", "RevisionNotFound");
            ScriptedHttp.respond(exchange, 404, "{\"error\":\"Invalid rev id\"}");
        } else if (parts[2].equals("revision")) {
            ScriptedHttp.respond(exchange, 200, "{\"id\":\"x\",\"sha\":\"" + commit + "\",\"siblings\":[]}");
        } else {
            tree(exchange, files);
        }
    }

    private void tree(HttpExchange exchange, Map<String, byte[]> files) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        int from = query.contains("cursor=") ? Integer.parseInt(query.replaceFirst(".*cursor=", "")) : 0;
        List<String> entries = new ArrayList<>(List.of("{\"type\":\"directory\",\"path\":\"folder\",\"oid\":\"00\"}"));
        files.forEach((name, content) -> entries.add(entry(name, content)));
        if (from + PAGE < entries.size()) {
            exchange.getResponseHeaders()
                    .set(
                            "Link",
                            "<" + uri() + exchange.getRequestURI().getPath() + "?cursor=" + (from + PAGE)
                                    + ">; rel=\"next\"");
        }
        ScriptedHttp.respond(
                exchange,
                200,
                entries.subList(from, Math.min(entries.size(), from + PAGE)).stream()
                        .collect(Collectors.joining(",", "[", "]")));
    }

    private String entry(String name, byte[] content) {
        long size = claimedSizes.getOrDefault(name, (long) content.length);
        String begin = "{\"type\":\"file\",\"path\":\"" + name.replace("\\", "\\\\") + "\",\"size\":" + size
                + ",\"oid\":\"" + COMMIT + '"';
        return name.endsWith(".gguf")
                ? begin + ",\"lfs\":{\"oid\":\"" + ScriptedStorage.sha256(content) + "\",\"size\":" + size + "}}"
                : begin + '}';
    }

    /** ORG/REPO/resolve/COMMIT/PATH. */
    private void resolve(HttpExchange exchange, String[] parts) throws IOException {
        Map<String, byte[]> files = files(exchange, parts);
        byte[] content = files == null || parts.length < 5 ? null : files.get(parts[4]);
        if (content != null) {
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.length));
            ScriptedHttp.redirect(exchange, 302, storage.address(content));
        } else if (files != null) {
            ScriptedHttp.respond(exchange, 404, "Entry not found");
        }
    }

    /** Null where the answer has been given: no such repository, or no access. */
    private @Nullable Map<String, byte[]> files(HttpExchange exchange, String[] parts) throws IOException {
        String sent = exchange.getRequestHeaders().getFirst("Authorization");
        Map<String, byte[]> files = repos.get(parts[0] + '/' + parts[1]);
        if (token != null && files != null) {
            if (sent == null || !sent.equals("Bearer " + token)) {
                exchange.getResponseHeaders().set("X-Error-Code", "GatedRepo");
                ScriptedHttp.respond(exchange, sent == null ? 401 : 403, "{\"error\":\"gated\"}");
                return null;
            }
        }
        if (files == null) { // as the hub does it, whether it is private or not there
            exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
            ScriptedHttp.respond(exchange, sent == null ? 401 : 404, "{\"error\":\"Repository not found\"}");
        }
        return files;
    }

    /** ORG/NAME/manifests/TAG, ORG/NAME/blobs/DIGEST. */
    private void registry(HttpExchange exchange, String[] parts) throws IOException {
        String repo = parts[0] + '/' + parts[1];
        if (parts[2].equals("blobs")) {
            ScriptedHttp.redirect(exchange, 307, storage.addressOf(parts[3].replace("sha256:", "")));
            return;
        }
        String manifest = manifests.get(repo + '/' + parts[3]);
        ScriptedHttp.respond(
                exchange,
                manifest == null ? 404 : 200,
                manifest == null ? "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}" : manifest);
    }

    @Override
    public void close() {
        http.close();
        storage.close();
    }
}
