package dev.tokapu;

import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.Overflow;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Status;
import java.util.Objects;

/** Refuses batches that llama.cpp would refuse, or die of, with messages that say what to do. Allocates nothing. */
final class BatchCheck {

    private final int vocabSize;
    private final int inputEmbeddingSize;
    private final int maxSequences;
    private final int sequenceSize;
    private final int contextSize;
    private final int[] smallest = new int[1];
    private final int[] largest = new int[1];

    /** For a context with room for so many tokens of one sequence, and so many of all. */
    BatchCheck(Model model, int maxSequences, int sequenceSize, int contextSize) {
        this.vocabSize = model.vocab().size();
        this.inputEmbeddingSize = model.info().inputEmbeddingSize();
        this.maxSequences = maxSequences;
        this.sequenceSize = sequenceSize;
        this.contextSize = contextSize;
    }

    void check(Batch batch, int limit, String option) {
        int size = batch.size();
        if (size == 0) {
            throw new IllegalArgumentException("the batch is empty; add a token or an embedding");
        }
        if (size > limit) {
            throw new IllegalArgumentException("the batch has " + size + " tokens but the context takes " + limit
                    + " at once; raise " + option + " or split the batch");
        }
        int[] tokens = batch.tokens();
        if (tokens == null) {
            if (batch.embeddingWidth() != inputEmbeddingSize) {
                throw new IllegalArgumentException("the batch has embeddings of " + batch.embeddingWidth()
                        + " floats; the model takes " + inputEmbeddingSize);
            }
        } else {
            for (int i = 0; i < size; i++) {
                Checks.token(tokens[i], vocabSize);
            }
        }
        int[] sequences = batch.sequences();
        int used = batch.sequencesUsed();
        for (int i = 0; i < used; i++) {
            if (sequences[i] < 0 || sequences[i] >= maxSequences) {
                throw KvCache.unknownSequence(sequences[i], maxSequences);
            }
        }
    }

    /** Refuses what heads cannot take: no source, embeddings, and fewer rows than tokens. */
    void checkHidden(Batch batch, Context source, int[] rows) {
        Objects.requireNonNull(source, "source");
        if (batch.tokens() == null) {
            throw new IllegalArgumentException(
                    "the batch is of embeddings; what drafts from hidden states takes tokens");
        }
        if (rows.length < batch.size()) {
            throw new IllegalArgumentException("there are " + rows.length + " rows for the " + batch.size()
                    + " tokens of the batch; give one for each");
        }
    }

    /**
     * Refuses a token that would lie further from the first one of its sequence than a sequence can be long. Only positions
     * beyond that length cost a look into the cache: those are legitimate after the start of the sequence was removed.
     */
    void checkPositions(Batch batch, NativeApi api, long context) {
        int[] positions = batch.positions();
        int[] counts = batch.sequenceCounts();
        int[] sequences = batch.sequences();
        int next = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (positions[i] >= sequenceSize) {
                for (int s = next; s < next + counts[i]; s++) {
                    checkSpan(batch, i, sequences[s], api, context);
                }
            }
            next += counts[i];
        }
    }

    private void checkSpan(Batch batch, int index, int sequence, NativeApi api, long context) {
        int status = api.memory().seqRange(context, sequence, smallest, largest);
        int first = status == Status.OK ? smallest[0] : -1;
        if (first < 0) {
            first = firstInBatch(batch, sequence);
        }
        long span = (long) batch.positions()[index] - first + 1;
        if (span > sequenceSize) {
            throw Overflow.of(
                    lastInBatch(batch, sequence) - first + 1,
                    sequenceSize,
                    contextSize,
                    "remove old tokens with KvCache.remove and KvCache.shift");
        }
    }

    private static int firstInBatch(Batch batch, int sequence) {
        int index = find(batch, sequence, false);
        return index < 0 ? 0 : batch.positions()[index];
    }

    private static int lastInBatch(Batch batch, int sequence) {
        return batch.positions()[Math.max(0, find(batch, sequence, true))];
    }

    /** The index of the first or last token of a sequence, -1 when there is none. */
    private static int find(Batch batch, int sequence, boolean last) {
        int found = -1;
        int next = 0;
        for (int i = 0; i < batch.size(); i++) {
            for (int s = next; s < next + batch.sequenceCounts()[i]; s++) {
                if (batch.sequences()[s] == sequence && (last || found < 0)) {
                    found = i;
                }
            }
            next += batch.sequenceCounts()[i];
        }
        return found;
    }
}
