package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static dev.tokapu.testsupport.TinyPositionsGguf.POSITIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.ContextInfoKey;
import dev.tokapu.spi.ContextOptionI;
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
        ints[ContextOptionI.N_BATCH] = 128;
        ints[ContextOptionI.N_UBATCH] = 128;
        if (kind != TinyPositionsGguf.GENERATING) {
            ints[ContextOptionI.EMBEDDINGS] = 1;
            ints[ContextOptionI.POOLING_TYPE] = MEAN;
        }
        return context(model(kind), ints);
    }

    private int decode(long context, int size, int... positions) {
        int[] tokens = new int[size];
        Arrays.fill(tokens, 5);
        return api.contexts()
                .decode(context, size, tokens, null, positions.length == 0 ? null : positions, null, null, null);
    }

    @Test
    void decode_learnedPositions_takesThoseThatThereAre() throws IOException {
        for (TinyPositionsGguf kind : TinyPositionsGguf.values()) {
            long context = context(kind);
            long[] info = new long[ContextInfoKey.COUNT];
            ok(api.contexts().info(context, info));
            assertThat(info[ContextInfoKey.N_CTX_SEQ]).isEqualTo(POSITIONS);
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
        ok(api.memory().seqRm(context, 0, -1, -1));
        ok(decode(context, POSITIONS));
    }

    @Test
    void contextNew_rankingWithoutAHead_isRefused() throws IOException {
        long[] ints = contextInts();
        ints[ContextOptionI.EMBEDDINGS] = 1;
        ints[ContextOptionI.POOLING_TYPE] = RANK;
        long[] context = new long[1];
        long without = model(TinyPositionsGguf.ENCODER);
        refused(
                ERROR_UNSUPPORTED,
                api.contexts().create(without, ints, contextFloats(), context),
                "classification head");
        context(model(TinyPositionsGguf.RANKING), ints);
        ints[ContextOptionI.EMBEDDINGS] = 0;
        long later = context(without, ints);
        refused(ERROR_UNSUPPORTED, api.contexts().setEmbeddings(later, 1), "classification head");
        ok(api.contexts().setEmbeddings(later, 0));
    }
}
