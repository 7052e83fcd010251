package dev.tokapu.server.ollama;

import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.caller.Right;
import dev.tokapu.server.download.DownloadWait;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.source.Download;
import dev.tokapu.source.ModelSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A pull: what is served is there, other models are downloaded where that is allowed, with lines that tell how far they are. */
final class Pull {

    private static final Map<String, String> SUCCESS = Map.of("status", "success");
    private static final List<String> HUGGING_FACE = List.of("hf.co/", "huggingface.co/");
    private static final String HF = "hf://";
    private static final String OLLAMA = "ollama://";
    private static final int SHORT = 12;

    private final Call call;
    private final ServedModels models;
    private final String name;
    private final boolean streams;
    private @Nullable EventStream lines;
    private String verified = ""; // used by the thread that downloads

    Pull(Call call, ServedModels models, String name, boolean streams) {
        this.call = call;
        this.models = models;
        this.name = name;
        this.streams = streams;
    }

    void answer() {
        ModelEntry known = ModelNames.known(call, name).orElse(null);
        boolean pulls = models.allowsPulls() && call.caller().may(Right.PULL);
        if (known != null && (known.remote() == null || !pulls)) {
            end();
            return;
        }
        if (!models.allowsPulls()) {
            throw new ProblemException(Problem.of(
                    Kind.NOT_FOUND,
                    "the model '" + name + "' is not served here, and this server downloads nothing;"
                            + " start it with that model, or with --allow-pull"));
        }
        ModelSource.Remote source = known != null && known.remote() != null ? known.remote() : remote(name);
        List<String> names = List.of(source.shortName(), name);
        if (!call.caller().may(Right.PULL) || !call.caller().mayUse(known == null ? names : known.names())) {
            throw new ProblemException(Problem.of(Kind.FORBIDDEN, "the API key may not have '" + name + "' downloaded")
                    .withCode("pull_not_allowed"));
        }
        download(source, known == null);
    }

    /** A name of a hub: other addresses would have the server ask what only it can reach. */
    private static ModelSource.Remote remote(String name) {
        for (String host : HUGGING_FACE) {
            if (name.startsWith(host)) {
                return remote(HF + name.substring(host.length()));
            }
        }
        if (name.contains("://") && !name.startsWith(HF) && !name.startsWith(OLLAMA)) {
            throw new ProblemException(Problem.parameter(
                    "model",
                    "model '" + name + "' is not downloaded: only models of hubs are; name one such as"
                            + " hf://org/repo:Q4_K_M or ollama://name:tag"));
        }
        String full = name.contains("://") ? name : OLLAMA + name;
        return Problems.checked("model", () -> {
            ModelSource.Remote source = new ModelSource.Remote(full);
            source.find(); // checks the name
            return source;
        });
    }

    private void download(ModelSource.Remote source, boolean isNew) {
        if (streams) {
            lines = call.lines();
            line(Map.of("status", "pulling manifest"));
        }
        DownloadWait wait = models.downloads().start(source, this::progress);
        call.exchange().onClosed(wait::close);
        CompletableFuture<Void> unused = wait.file().handle((file, failure) -> {
            if (failure != null) {
                if (call.isClosed()) {
                    call.gone();
                } else {
                    call.fail(failure);
                }
                return null;
            }
            try {
                if (isNew) {
                    serve(source);
                }
                end();
            } catch (RuntimeException e) {
                call.fail(e);
            }
            return null;
        });
    }

    private void serve(ModelSource.Remote source) {
        List<String> aliases = name.equals(source.shortName()) ? List.of() : List.of(name);
        models.servePulled(ModelPreset.of(source.shortName(), source).withNames(source.shortName(), aliases));
    }

    private void progress(Download download) {
        EventStream stream = lines;
        if (stream == null || !stream.wantsMore() || download.total() < 0) {
            return;
        }
        if (download.verifying()) {
            if (!verified.equals(download.file())) {
                verified = download.file();
                line(Map.of("status", "verifying sha256 digest"));
            }
            return;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        boolean digest = !download.sha256().isEmpty();
        json.put("status", "pulling " + (digest ? download.sha256().substring(0, SHORT) : download.file()));
        if (digest) {
            json.put("digest", "sha256:" + download.sha256());
        }
        json.put("total", download.total());
        json.put("completed", download.bytes());
        line(json);
    }

    private void line(Object json) {
        if (lines != null) {
            lines.json(json);
        }
    }

    private void end() {
        if (!streams) {
            call.respond(SUCCESS);
            return;
        }
        EventStream stream = lines == null ? call.lines() : lines;
        call.work().completes();
        stream.json(SUCCESS);
        stream.end();
    }
}
