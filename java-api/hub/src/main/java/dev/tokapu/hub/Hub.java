package dev.tokapu.hub;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.DownloadProgress;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.library.CacheDirectory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Models of Hugging Face, Ollama's library and web servers, and the cache in which they are kept.
 *
 * <p>A file appears in the cache when it is complete and its checksum is that of the hub; a download that was cut goes on where it was. Of
 * several threads and processes that want the same file, one downloads it and the others wait. Models of Hugging Face are kept where its own
 * library and llama.cpp have them.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Hub {

    private final HubOptions options;
    private final HuggingFaceRepository huggingFace;
    private final OllamaRepository ollama;
    private final WebRepository web;

    private Hub(HubOptions options) {
        HubHttp http = new HubHttp(options);
        Path others = options.otherCache();
        Path other = others != null ? others : CacheDirectory.choose().path().resolve("hub");
        this.options = options;
        this.huggingFace = new HuggingFaceRepository(http, options);
        this.ollama = new OllamaRepository(http, options, other.resolve("ollama"));
        this.web = new WebRepository(http, options, other.resolve("web"));
    }

    /** {@return a hub with the settings of system properties and the environment} */
    public static Hub open() {
        return open(HubOptions.fromEnvironment());
    }

    /**
     * {@return a hub}
     *
     * @param options its settings
     */
    public static Hub open(HubOptions options) {
        return new Hub(options);
    }

    /** {@return its settings} */
    public HubOptions options() {
        return options;
    }

    /**
     * Looks for a model on this machine, without the network.
     *
     * @param name its name, as {@link ModelSource#of} takes it
     * @return its file, of a split model the first; empty when not all of it is there
     * @throws IllegalArgumentException when it is no name of a model
     * @throws ModelLoadException when the cache cannot be read
     */
    public Optional<Path> find(String name) {
        return run(name, one -> find(one));
    }

    private Optional<Path> find(HubName name) throws IOException {
        if (name instanceof HubName.HuggingFace one) {
            return huggingFace.find(one);
        }
        return name instanceof HubName.Ollama one ? ollama.find(one) : web.find((HubName.Web) name);
    }

    /**
     * Asks the hub for a model and downloads what is not on this machine. A web server is not asked for what is.
     *
     * @param name its name, as {@link ModelSource#of} takes it
     * @param progress is told how far it is, and can cancel
     * @return its file, of a split model the first
     * @throws IllegalArgumentException when it is no name of a model
     * @throws ModelLoadException when it cannot be had; the message says why and what to do
     * @throws CancellationException when the progress listener cancels, or the thread is interrupted
     */
    public Path download(String name, DownloadProgress progress) {
        return run(name, one -> {
            if (options.offline()) {
                return find(one)
                        .orElseThrow(() -> HubFailure.lasting("it is not on this machine, and nothing is"
                                + " downloaded offline (HF_HUB_OFFLINE, -D" + HubEnvironment.OFFLINE + ")"));
            }
            if (one instanceof HubName.HuggingFace hf) {
                return huggingFace.download(hf, progress);
            }
            return one instanceof HubName.Ollama model
                    ? ollama.download(model, progress)
                    : web.download((HubName.Web) one, progress);
        });
    }

    /**
     * {@return the models that are on this machine}
     *
     * @throws ModelLoadException when the cache cannot be read
     */
    public List<CachedModel> list() {
        try {
            List<CachedModel> models = new ArrayList<>(huggingFace.list());
            models.addAll(ollama.list());
            models.addAll(web.list());
            return models;
        } catch (IOException e) {
            throw new ModelLoadException("of the cache", reason(e), e);
        }
    }

    /**
     * Removes a model from this machine. Without a quantization, all GGUF files of the repository go.
     *
     * @param name its name, as {@link #list} has it
     * @return the bytes that came free; -1 when nothing of it is there
     * @throws IllegalArgumentException when it is no name of a model
     * @throws ModelLoadException when it cannot be removed
     */
    public long remove(String name) {
        return run(name, one -> {
            if (one instanceof HubName.HuggingFace hf) {
                return huggingFace.remove(hf);
            }
            return one instanceof HubName.Ollama model ? ollama.remove(model) : web.remove((HubName.Web) one);
        });
    }

    /** What may fail on the way. */
    private interface Action<T> {

        T run(HubName name) throws IOException, InterruptedException;
    }

    private static <T> T run(String text, Action<T> action) {
        String shown = new ModelSource.Remote(text).toString();
        HubName name = HubName.parse(text);
        try {
            return action.run(name);
        } catch (IOException e) {
            throw new ModelLoadException(shown, reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            CancellationException cancelled =
                    new CancellationException("the download of " + shown + " was interrupted");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    private static String reason(IOException e) {
        if (e instanceof HubFailure || e instanceof LocalFailure) {
            return String.valueOf(e.getMessage());
        }
        String what = e instanceof AccessDeniedException denied
                ? denied.getFile() + " cannot be written"
                : e instanceof FileSystemException ? String.valueOf(e.getMessage()) : e.toString();
        return "the cache cannot be used: " + what + "; check it, or set another one (HF_HUB_CACHE, -D"
                + HubEnvironment.CACHE + ")";
    }

    @Override
    public String toString() {
        return "Hub[" + options + "]";
    }
}
