package dev.tokapu.contract;

import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_COUNT;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_N_CTX_SEQ;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_EMBEDDINGS;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_N_BATCH;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_N_UBATCH;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_POOLING_TYPE;
import static dev.tokapu.spi.NativeConstants.ERROR_ARGUMENT;
import static dev.tokapu.spi.NativeConstants.ERROR_UNSUPPORTED;
import static dev.tokapu.testsupport.TinyPositionsGguf.POSITIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Learned positions, which llama.cpp looks up without a look at how many there are, and scores of models without a head. */
class PositionsContractIT extends Contract {

    private static final int MEAN = 1;
    private static final int RANK = 4;

    @TempDir
    Path folder;

    private long model(TinyPositionsGguf kind) throws IOException {
        return model(Files.write(folder.resolve(kind.name() + ".gguf"), kind.bytes()));
    }

    private long context(TinyPositionsGguf kind) throws IOException {
        long[] ints = contextInts();
        ints[CONTEXT_I_N_BATCH] = 128;
        ints[CONTEXT_I_N_UBATCH] = 128;
        if (kind != TinyPositionsGguf.GENERATING) {
            ints[CONTEXT_I_EMBEDDINGS] = 1;
            ints[CONTEXT_I_POOLING_TYPE] = MEAN;
        }
        return context(model(kind), ints);
    }

    private int decode(long context, int size, int... positions) {
        int[] tokens = new int[size];
        Arrays.fill(tokens, 5);
        return api.decode(context, size, tokens, null, positions.length == 0 ? null : positions, null, null, null);
    }

    @Test
    void decode_learnedPositions_takesThoseThatThereAre() throws IOException {
        for (TinyPositionsGguf kind : TinyPositionsGguf.values()) {
            long context = context(kind);
            long[] info = new long[CONTEXT_INFO_COUNT];
            ok(api.contextInfo(context, info));
            assertThat(info[CONTEXT_INFO_N_CTX_SEQ]).isEqualTo(POSITIONS);
            refused(ERROR_ARGUMENT, decode(context, 1, POSITIONS), "0 to 63");
            refused(ERROR_ARGUMENT, decode(context, POSITIONS + 1), "last position is 63");
            ok(decode(context, POSITIONS, IntStream.range(0, POSITIONS).toArray()));
        }
    }

    @Test
    void decode_learnedPositionsGivenByLlamaCpp_endWithTheLast() throws IOException {
        long context = context(TinyPositionsGguf.GENERATING);
        ok(decode(context, POSITIONS - 1));
        ok(decode(context, 1));
        refused(ERROR_ARGUMENT, decode(context, 1), "is at position 63");
        ok(api.memorySeqRm(context, 0, -1, -1));
        ok(decode(context, POSITIONS));
    }

    @Test
    void contextNew_rankingWithoutAHead_isRefused() throws IOException {
        long[] ints = contextInts();
        ints[CONTEXT_I_EMBEDDINGS] = 1;
        ints[CONTEXT_I_POOLING_TYPE] = RANK;
        long[] context = new long[1];
        long without = model(TinyPositionsGguf.ENCODER);
        refused(ERROR_UNSUPPORTED, api.contextNew(without, ints, contextFloats(), context), "classification head");
        context(model(TinyPositionsGguf.RANKING), ints);
        ints[CONTEXT_I_EMBEDDINGS] = 0;
        long later = context(without, ints);
        refused(ERROR_UNSUPPORTED, api.contextSetEmbeddings(later, 1), "classification head");
        ok(api.contextSetEmbeddings(later, 0));
    }
}
