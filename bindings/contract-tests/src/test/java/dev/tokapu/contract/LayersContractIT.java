package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LayersContractIT extends Contract {

    private static final int[] PROMPT = {5, 6, 7, 8, 9};
    private static final int COLUMNS = 64;

    @Test
    void layers_whatTheyPutOut_isKept() {
        long context = context(model());
        refused(ERROR_ARGUMENT, api.adapters().layersGet(context, 0, new float[COLUMNS]), "start that first");
        ok(api.adapters().layersStart(context));
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, PROMPT));
        float[] outputs = new float[PROMPT.length * COLUMNS];
        ok(api.adapters().layersGet(context, 0, outputs));
        assertThat(outputs).doesNotContain(Float.NaN).isNotEqualTo(new float[outputs.length]);
        refused(ERROR_UNSUPPORTED, api.adapters().layersGet(context, 0, new float[COLUMNS]), "not 64");
        refused(ERROR_ARGUMENT, api.adapters().layersGet(context, 1, outputs), "layer");
        refused(ERROR_ARGUMENT, api.adapters().layersGet(context, -1, outputs), "layer");
        refused(ERROR_HANDLE, api.adapters().layersStart(context + 1000));
        float[] again = new float[outputs.length];
        ok(api.imatrices().start(context, 0));
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, new int[] {9, 8, 7, 6, 5}));
        ok(api.adapters().layersGet(context, 0, again));
        assertThat(again).as("a matrix is collected in their place").isEqualTo(outputs);
    }
}
