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
        refusedAsTooShort(() -> api.system().lastError(new byte[8], new int[0]));
        refusedAsTooShort(() -> api.system().llamaVersion(new byte[8], new int[0]));
        refusedAsTooShort(() -> api.chatTemplates().cachedText(new byte[8], new int[0]));
        refusedAsTooShort(() -> api.vocab().tokenAttributes(0, 0, new int[0]));
        refusedAsTooShort(() -> api.adapters().metaCount(0, new int[0]));
        refusedAsTooShort(() -> api.adapters().invocationTokens(0, new int[8], new int[0]));
        refusedAsTooShort(() -> api.samplers().sample(0, 0, 0, new int[0]));
        refusedAsTooShort(() -> api.samplers().sampleMany(0, 1, new long[1], new int[1], 1, new int[0], new int[1]));
        refusedAsTooShort(() -> api.samplers().sampleMany(0, 1, new long[1], new int[1], 1, new int[1], new int[0]));
        refusedAsTooShort(() -> api.memory().seqRange(0, 0, new int[1], new int[0]));
    }

    @Test
    void outParameter_floatsOfLengthZero_isRefused() {
        refusedAsTooShort(() -> api.vocab().tokenScore(0, 0, new float[0]));
    }

    @Test
    void outParameter_longsOfLengthZero_isRefusedAndNothingLeaks() {
        long[] before = new long[1];
        long[] after = new long[1];
        api.system().liveHandles(before);
        Path model = tinyModel();
        refusedAsTooShort(() -> api.models().load(paths(model), 1, modelOptions(), NONE, 0, 0, null, new long[0]));
        refusedAsTooShort(() -> api.samplers().create(0, new long[0]));
        refusedAsTooShort(() -> api.adapters().load(0, new byte[8], new long[0]));
        refusedAsTooShort(() -> api.adapters().size(0, new long[0]));
        refusedAsTooShort(() -> api.system().liveHandles(new long[0]));
        api.system().liveHandles(after);
        assertThat(after).isEqualTo(before);
    }

    private static void refusedAsTooShort(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
