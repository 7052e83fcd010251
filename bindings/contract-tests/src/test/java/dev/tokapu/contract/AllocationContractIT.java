package dev.tokapu.contract;

import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.AllocationMeter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The functions of the token loop allocate nothing on the Java heap once they are warm. */
class AllocationContractIT extends Contract {

    private static final int WARM_UP = 3_000;
    private static final int MEASURED = 1_000;

    private long model;
    private long context;
    private long sampler;
    private int vocabSize;

    @BeforeEach
    void prepare() {
        model = model();
        context = context(model);
        sampler = sampler(model);
        ok(api.samplers().addTopK(sampler, 40));
        ok(api.samplers().addDist(sampler, 1));
        vocabSize = vocabSize(model);
        ok(decodeTokens(context, tokenize(model, "the ring")));
    }

    private static long perRound(Runnable call) {
        for (int i = 0; i < WARM_UP; i++) {
            call.run();
        }
        return AllocationMeter.leastBytes(0, () -> {
            for (int i = 0; i < MEASURED; i++) {
                call.run();
            }
        });
    }

    @Test
    void tokenLoop_warm_allocatesNothing() {
        int[] token = {5};
        int[] position = {0};
        int[] one = {1};
        int[] sequence = {0};
        byte[] output = {1};
        float[] logits = new float[vocabSize];
        byte[] piece = new byte[64];
        int[] length = new int[1];
        int[] failures = new int[1];
        long[] samplers = {sampler};
        int[] index = {0};
        int[] statuses = {0};
        Runnable loop = () -> {
            int status = api.memory().clear(context, 0);
            status |= api.contexts().decode(context, 1, token, null, position, one, sequence, output);
            status |= api.contexts().logits(context, 0, logits);
            status |= api.samplers().sample(sampler, context, 0, token);
            status |= api.samplers().sampleMany(context, 1, samplers, index, 1, token, statuses);
            status |= statuses[0];
            status |= api.samplers().accept(sampler, token[0]);
            status |= api.vocab().tokenPiece(model, token[0], 0, piece, length);
            failures[0] += status == OK ? 0 : 1;
        };

        assertThat(perRound(loop)).as("bytes in %d tokens", MEASURED).isZero();
        assertThat(failures[0]).isZero();
    }

    @Test
    void decode_tokensOnly_allocatesNothing() {
        int[] token = {5};
        assertThat(perRound(() -> {
                    api.memory().clear(context, 0);
                    api.contexts().decode(context, 1, token, null, null, null, null, null);
                }))
                .isZero();
    }

    @Test
    void tokenPiece_bufferTooSmall_allocatesNothing() {
        byte[] none = new byte[0];
        int[] length = new int[1];
        int token = tokenize(model, "the")[1];
        assertThat(perRound(() -> api.vocab().tokenPiece(model, token, 0, none, length)))
                .isZero();
    }
}
