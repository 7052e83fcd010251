package dev.tokapu.server.batches;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.disk.DiskProblems;
import dev.tokapu.server.files.FileStore;
import dev.tokapu.server.files.ListPage;
import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** OpenAI's Batch API: /v1/batches, and what is below it. */
final class BatchesApi implements Api {

    private static final String PATH = "/v1/batches";
    private static final String CANCEL = "/cancel";
    private static final ListPage PAGES = new ListPage(20, 100);

    private final Batches batches;
    private final FileStore files;
    private final BatchStore store;

    BatchesApi(Batches batches, FileStore files, BatchStore store) {
        this.batches = batches;
        this.files = files;
        this.store = store;
    }

    @Override
    public void addTo(Routes routes) {
        routes.add(this, "POST", PATH, this::create)
                .add(this, "GET", PATH, this::list)
                .add(this, "GET", PATH + "/*", call -> call.respond(BatchJson.of(stored(call, call.rest()))))
                .add(this, "POST", PATH + "/*", this::cancel);
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return OpenAiErrors.body(problem);
    }

    private void create(Call call) {
        Batch batch = batches.read(call);
        if (!files.hold(batch.input())) {
            throw BatchParameters.noFile(batch.input());
        }
        try {
            store.create(batch);
        } catch (IOException e) {
            files.release(batch.input());
            throw DiskProblems.notWritten(e);
        } catch (RuntimeException e) {
            files.release(batch.input());
            throw e;
        }
        batches.signal();
        call.respond(BatchJson.of(batch));
    }

    private void list(Call call) {
        call.respond(PAGES.of(store.of(call.caller().tenant()), Batch::id, BatchJson::of, call.exchange()));
    }

    private void cancel(Call call) {
        String rest = call.rest();
        if (!rest.endsWith(CANCEL)) {
            throw new ProblemException(Problem.of(Kind.NOT_FOUND, "there is nothing to post to at " + PATH + "/...")
                    .withCode("unknown_url"));
        }
        Batch batch = stored(call, rest.substring(0, rest.length() - CANCEL.length()));
        try {
            Batch after = store.update(batch.id(), this::cancelled);
            batches.signal();
            call.respond(BatchJson.of(after));
        } catch (IOException e) {
            throw DiskProblems.notWritten(e);
        }
    }

    private Batch cancelled(Batch batch) {
        return switch (batch.status()) {
            case VALIDATING, IN_PROGRESS -> batch.with(BatchStatus.CANCELLING, store.now());
            case CANCELLING, CANCELLED -> batch;
            default ->
                throw new ProblemException(Problem.of(
                                Kind.INVALID,
                                "the batch is " + batch.status() + "; only one that is validating or in_progress can be"
                                        + " cancelled")
                        .withCode("batch_not_cancellable"));
        };
    }

    private Batch stored(Call call, String id) {
        @Nullable Batch batch = store.find(id, call.caller().tenant());
        if (batch == null) {
            throw new ProblemException(Problem.of(Kind.NOT_FOUND, "there is no batch '" + Problem.shown(id) + "'")
                    .withCode("batch_not_found"));
        }
        return batch;
    }
}
