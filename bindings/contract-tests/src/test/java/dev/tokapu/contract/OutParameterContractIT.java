package dev.tokapu.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** An empty out array: the JNI binding once passed it on, and C wrote outside of it. */
class OutParameterContractIT extends Contract {

    private static final byte[] NONE = new byte[0];

    @Test
    void outParameter_intsOfLengthZero_isRefused() {
        refusedAsTooShort(() -> api.lastError(new byte[8], new int[0]));
        refusedAsTooShort(() -> api.llamaVersion(new byte[8], new int[0]));
        refusedAsTooShort(() -> api.keptText(new byte[8], new int[0]));
        refusedAsTooShort(() -> api.tokenAttributes(0, 0, new int[0]));
        refusedAsTooShort(() -> api.adapterMetaCount(0, new int[0]));
        refusedAsTooShort(() -> api.adapterInvocationTokens(0, new int[8], new int[0]));
        refusedAsTooShort(() -> api.samplerSample(0, 0, 0, new int[0]));
        refusedAsTooShort(() -> api.samplerSampleMany(0, 1, new long[1], new int[1], 1, new int[0], new int[1]));
        refusedAsTooShort(() -> api.samplerSampleMany(0, 1, new long[1], new int[1], 1, new int[1], new int[0]));
        refusedAsTooShort(() -> api.memorySeqRange(0, 0, new int[1], new int[0]));
    }

    @Test
    void outParameter_floatsOfLengthZero_isRefused() {
        refusedAsTooShort(() -> api.tokenScore(0, 0, new float[0]));
    }

    @Test
    void outParameter_longsOfLengthZero_isRefusedAndNothingLeaks() {
        long[] before = new long[1];
        long[] after = new long[1];
        api.liveHandles(before);
        Path model = tinyModel();
        refusedAsTooShort(() -> api.modelLoad(paths(model), 1, modelOptions(), NONE, 0, 0, null, new long[0]));
        refusedAsTooShort(() -> api.samplerNew(0, new long[0]));
        refusedAsTooShort(() -> api.adapterLoad(0, new byte[8], new long[0]));
        refusedAsTooShort(() -> api.adapterSize(0, new long[0]));
        refusedAsTooShort(() -> api.liveHandles(new long[0]));
        api.liveHandles(after);
        assertThat(after).isEqualTo(before);
    }

    private static void refusedAsTooShort(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
