package dev.tokapu.hub;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The name of a model, taken apart. */
sealed interface HubName {

    /** A file of a repository of Hugging Face, by its name or its quantization. */
    record HuggingFace(
            String repo,
            String revision,
            @Nullable String quantization,
            @Nullable String file) implements HubName {

        static final String MAIN = "main";

        @Override
        public String toString() {
            return "hf://" + repo + (revision.equals(MAIN) ? "" : '@' + revision)
                    + (quantization != null ? ':' + quantization : file != null ? '/' + file : "");
        }
    }

    /** A model of Ollama's library. */
    record Ollama(String repo, String tag) implements HubName {

        static final String LIBRARY = "library/";

        @Override
        public String toString() {
            return "ollama://" + (repo.startsWith(LIBRARY) ? repo.substring(LIBRARY.length()) : repo) + ':' + tag;
        }
    }

    /** A file of a web server. */
    record Web(URI uri, String file) implements HubName {

        @Override
        public String toString() {
            return Addresses.shown(uri);
        }
    }

    Pattern HF = Pattern.compile("hf://([^/:@]+/[^/:@]+)(?:@([^/:@]+))?(?::([^/:@]+)|/([^:]+))?");
    Pattern OLLAMA = Pattern.compile("ollama://(?:([^/:@]+)/)?([^/:@]+)(?::([^/:@]+))?");
    Pattern WORD = Pattern.compile("[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*");
    Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

    /**
     * Takes a name apart.
     *
     * @throws IllegalArgumentException when it is none
     */
    static HubName parse(String name) {
        if (name.startsWith("hf://")) {
            return huggingFace(name);
        }
        if (name.startsWith("ollama://")) {
            return ollama(name);
        }
        return web(name);
    }

    private static HubName huggingFace(String name) {
        Matcher parts = HF.matcher(name);
        if (parts.matches() && isRepo(parts.group(1))) {
            String revision = parts.group(2) == null ? HuggingFace.MAIN : parts.group(2);
            String file = parts.group(4);
            boolean tagged =
                    parts.group(3) == null || TAG.matcher(parts.group(3)).matches();
            if (tagged && TAG.matcher(revision).matches() && (file == null || isModel(file))) {
                return new HuggingFace(parts.group(1), revision, parts.group(3), file);
            }
        }
        throw new IllegalArgumentException("'" + name + "' is no name of a model; give hf://org/repo,"
                + " hf://org/repo:Q4_K_M or hf://org/repo/file.gguf, with @revision behind the repository if need be");
    }

    private static boolean isModel(String file) {
        return SafePath.isSafe(file) && file.endsWith(".gguf");
    }

    /** As llama.cpp has it: letters, digits and _, with single dots and hyphens within. */
    static boolean isRepo(String text) {
        String[] parts = text.split("/", -1);
        return parts.length == 2
                && text.length() <= 256
                && WORD.matcher(parts[0]).matches()
                && WORD.matcher(parts[1]).matches();
    }

    private static HubName ollama(String name) {
        Matcher parts = OLLAMA.matcher(name);
        if (parts.matches()) {
            String repo = (parts.group(1) == null ? Ollama.LIBRARY : parts.group(1) + '/') + parts.group(2);
            String tag = parts.group(3) == null ? "latest" : parts.group(3);
            if (isRepo(repo) && TAG.matcher(tag).matches()) {
                return new Ollama(repo, tag);
            }
        }
        throw new IllegalArgumentException(
                "'" + name + "' is no name of a model; give ollama://name:tag or ollama://user/name:tag");
    }

    /** Files that begin with a dot are the cache's own, such as {@link WebRepository#SOURCE}. */
    private static boolean isWebFile(String file) {
        return SafePath.isSafe(file) && !file.contains("/") && !file.startsWith(".");
    }

    private static HubName web(String name) {
        try {
            URI uri = URI.create(name);
            String problem = Addresses.problem(uri);
            String path = String.valueOf(uri.getRawPath());
            String file = URLDecoder.decode(
                    path.substring(path.lastIndexOf('/') + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
            if (problem == null && uri.getRawFragment() == null && isWebFile(file)) {
                return new Web(uri, file);
            }
            if (problem != null) {
                throw new IllegalArgumentException(Addresses.shown(uri) + " is not asked for a model: " + problem);
            }
        } catch (IllegalArgumentException e) {
            if (e.getMessage() != null && e.getMessage().contains("is not asked")) {
                throw e;
            }
        }
        throw new IllegalArgumentException(
                "'" + name.replaceFirst("[?#].*", "")
                        + "' does not end with the name of a file, without a dot in front; give an address such as https://host/model.gguf");
    }
}
