package dev.tokapu;

/** Which tokens of the last batch of a context have an output: what may be read. */
final class Outputs {

    private static final int NO_BATCH = -1;

    private final byte[] wanted;
    private int size = NO_BATCH;
    private boolean any;

    Outputs(int batchSize) {
        wanted = new byte[batchSize];
    }

    /** There is no last batch. */
    void forget() {
        size = NO_BATCH;
    }

    /** This was the last batch; embedding contexts make an output for every token. */
    void remember(Batch batch, boolean all) {
        size = batch.size();
        any = all;
        byte[] outputs = batch.outputs();
        for (int i = 0; i < size; i++) {
            byte output = all ? 1 : outputs[i];
            wanted[i] = output;
            any |= output != 0;
        }
    }

    void requireBatch() {
        if (size == NO_BATCH) {
            throw new IllegalStateException(
                    "there are no outputs, because no batch was decoded or the last decode did not"
                            + " succeed; decode a batch first");
        }
    }

    void require(int index) {
        requireBatch();
        if (index == -1 ? any : index >= 0 && index < size && wanted[index] != 0) {
            return;
        }
        if (index < -1 || index >= size) {
            throw new IllegalArgumentException("the last batch has no token " + index + "; it has the tokens 0 to "
                    + (size - 1) + ", and -1 is the last one with an output");
        }
        throw new IllegalArgumentException("no output was asked for with "
                + (index == -1 ? "any token" : "token " + index)
                + " of the last batch; pass output = true to Batch.add");
    }
}
