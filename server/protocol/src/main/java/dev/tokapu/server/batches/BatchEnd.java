package dev.tokapu.server.batches;

import dev.tokapu.server.batches.Batch.Ending;
import dev.tokapu.server.files.FileStore;
import java.io.IOException;

/** The end of a batch, in steps of which each may be done again: how it ends is written, its files get their names, and it has ended. */
final class BatchEnd {

    private BatchEnd() {}

    static void finish(Batch batch, BatchStatus status, BatchRun run, FileStore files, BatchStore store)
            throws IOException {
        BatchOutput output = run.output();
        Batch decided = store.update(batch.id(), one -> {
            if (one.ending() != null) {
                return one;
            }
            BatchStatus end = one.status() == BatchStatus.CANCELLING ? BatchStatus.CANCELLED : status;
            Batch ending = one.with(run.counts())
                    .with(new Ending(
                            end,
                            output.answers().lines() > 0 ? files.newId() : null,
                            output.errors().lines() > 0 ? files.newId() : null));
            return one.status() == BatchStatus.CANCELLING ? ending : ending.with(BatchStatus.FINALIZING, store.now());
        });
        Ending ending = decided.ending();
        if (ending == null) {
            throw new IllegalStateException(decided + " has no end");
        }
        if (ending.output() != null) {
            output.answers().adopt(ending.output(), batch.id() + "_output.jsonl", batch.outputSeconds());
        }
        if (ending.errors() != null) {
            output.errors().adopt(ending.errors(), batch.id() + "_error.jsonl", batch.outputSeconds());
        }
        store.update(batch.id(), one -> one.with(ending.status(), store.now()));
        files.release(batch.input());
    }
}
