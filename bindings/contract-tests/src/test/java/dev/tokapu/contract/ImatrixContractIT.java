package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ImatrixContractIT extends Contract {

    private static final int COLUMNS = 64;

    private static int[] tokens(int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = 5 + i;
        }
        return tokens;
    }

    private int count(long context) {
        int[] n = new int[1];
        ok(api.imatrices().count(context, n));
        return n[0];
    }

    @Test
    void imatrix_whatAContextComputes_isSummedUp() {
        long context = context(model());
        refused(ERROR_ARGUMENT, api.imatrices().count(context, new int[1]), "start it first");
        ok(decodeTokens(context, tokens(20)));
        ok(api.imatrices().start(context, 0));
        assertThat(count(context)).isZero();
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, tokens(20)));
        int entries = count(context);
        assertThat(entries).as("the last feed-forward layer has one row").isEqualTo(11);
        String first = text((buf, n) -> api.imatrices().name(context, 0, buf, n));
        assertThat(first).isEqualTo("blk.0.attn_k.weight");
        int[] sums = new int[1];
        int[] counts = new int[1];
        ok(api.imatrices().sizes(context, 0, sums, counts));
        assertThat(sums[0]).isEqualTo(COLUMNS);
        assertThat(counts[0]).isEqualTo(1);
        float[] values = new float[COLUMNS];
        long[] rows = new long[1];
        ok(api.imatrices().entry(context, 0, values, rows));
        assertThat(rows[0]).isEqualTo(20);
        for (float value : values) {
            assertThat(value).isGreaterThanOrEqualTo(0);
        }
        ok(api.imatrices().start(context, 1));
        assertThat(count(context)).isZero();
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, tokens(20)));
        ok(api.imatrices().entry(context, 0, new float[COLUMNS], rows));
        assertThat(rows[0]).isEqualTo(20);
    }

    @Test
    void imatrix_wrongArguments_areRefused() {
        long context = context(model());
        refused(ERROR_ARGUMENT, api.imatrices().start(context, 2), "output");
        refused(ERROR_HANDLE, api.imatrices().start(context + 1000, 0));
        ok(api.imatrices().start(context, 0));
        refused(ERROR_ARGUMENT, api.imatrices().name(context, 0, new byte[9], new int[1]), "index");
        ok(decodeTokens(context, tokens(20)));
        refused(ERROR_ARGUMENT, api.imatrices().entry(context, 0, new float[3], new long[1]), "n_sums");
        refused(ERROR_ARGUMENT, api.imatrices().entry(context, 0, new float[COLUMNS], new long[2]), "n_counts");
        refused(ERROR_ARGUMENT, api.imatrices().sizes(context, -1, new int[1], new int[1]), "index");
    }
}
