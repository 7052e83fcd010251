package dev.tokapu.server.files;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.disk.DiskProblems;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's Files API: /v1/files, and what is below it.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class FilesApi implements Api {

    private static final String PATH = "/v1/files";
    private static final String CONTENT = "/content";
    private static final int MOST = 10_000;
    private static final ListPage PAGES = new ListPage(MOST, MOST);

    private final Service service;
    private final FileStore store;

    /**
     * Creates it.
     *
     * @param service what it works with
     * @param store where the files are
     */
    public FilesApi(Service service, FileStore store) {
        this.service = service;
        this.store = store;
    }

    @Override
    public void addTo(Routes routes) {
        routes.addUpload(this, PATH, caller -> store.begin(caller.tenant()), this::create)
                .add(this, "GET", PATH, this::list)
                .add(this, "GET", PATH + "/*", this::get)
                .add(this, "DELETE", PATH + "/*", this::delete);
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return OpenAiErrors.body(problem);
    }

    private void create(Call call) {
        FileForm form = FileForm.read(call.exchange());
        Long seconds = form.seconds();
        if (seconds == null && form.purpose().equals(StoredFile.BATCH)) {
            seconds = Expiry.USUAL;
        }
        call.respond(
                store.keep(form.upload(), form.name(), form.purpose(), seconds).json());
    }

    private void list(Call call) {
        String purpose = call.exchange().query("purpose");
        List<StoredFile> files = store.of(call.caller().tenant()).stream()
                .filter(file -> purpose == null || file.purpose().equals(purpose))
                .toList();
        call.respond(PAGES.of(files, StoredFile::id, StoredFile::json, call.exchange()));
    }

    private void get(Call call) {
        String rest = call.rest();
        if (rest.endsWith(CONTENT)) {
            StoredFile file = stored(call, rest.substring(0, rest.length() - CONTENT.length()));
            if (call.exchange().method().equals("HEAD")) {
                call.respond(200, FileContent.TYPE, new byte[0]);
            } else {
                FileContent.send(call, file, store, service.workers().answers());
            }
        } else {
            call.respond(stored(call, rest).json());
        }
    }

    private void delete(Call call) {
        StoredFile file = stored(call, call.rest());
        try {
            if (!store.remove(file)) {
                throw new JsonValue(file.id(), "file_id")
                        .wrong("is the input of a batch that has not ended; cancel the batch first");
            }
        } catch (IOException e) {
            throw DiskProblems.notWritten(e);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", file.id());
        json.put("object", "file");
        json.put("deleted", true);
        call.respond(json);
    }

    private StoredFile stored(Call call, String id) {
        @Nullable StoredFile file = store.find(id, call.caller().tenant());
        if (file == null) {
            throw new ProblemException(Problem.of(
                            Kind.NOT_FOUND,
                            "there is no file '" + Problem.shown(id) + "'; it was deleted, or has expired")
                    .withCode("file_not_found"));
        }
        return file;
    }
}
