package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.text.ContextShift;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Positions in caches whose keys llama.cpp cannot rotate once more: in its next decode it would end the process. */
class KvShiftIT {

    private static final int[] PROMPT = {5, 9, 17, 33, 65, 129, 200, 12};

    record Layout(String name, boolean wideHeads, KvType keys, FlashAttention attention) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Layout> layouts() {
        return Stream.of(
                new Layout("BF16", false, KvType.BF16, FlashAttention.AUTO),
                new Layout("BF16, heads of 32", true, KvType.BF16, FlashAttention.AUTO),
                new Layout("Q8_0, heads of 32", true, KvType.Q8_0, FlashAttention.AUTO),
                new Layout("Q4_0, heads of 32", true, KvType.Q4_0, FlashAttention.AUTO),
                new Layout("Q8_0, heads of 16", false, KvType.Q8_0, FlashAttention.DISABLED));
    }

    private static Model load(Layout layout, Path folder) {
        TinyGguf.Builder file = TinyGguf.builder();
        if (layout.wideHeads) {
            file.wideHeads();
        }
        return Model.load(file.build().write(folder.resolve("tiny.gguf")));
    }

    private static ContextOptions options(Layout layout) {
        return TestModels.small()
                .threads(2)
                .batchThreads(2)
                .kvCache(kv -> kv.keyType(layout.keys))
                .flashAttention(layout.attention)
                .build();
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(call)
                .withMessageContaining("F16");
    }

    @Tag("cpu") // CUDA asserts on heads of 16 in Q8_0
    @ParameterizedTest
    @MethodSource("layouts")
    void shift_keysThatCannotBeRotated_isRefusedAndTheContextGoesOn(Layout layout, @TempDir Path folder) {
        try (Model model = load(layout, folder);
                Context context = model.newContext(options(layout))) {
            context.decode(new Batch(PROMPT.length).addAll(PROMPT, 0, 0));
            KvCache cache = context.kvCache();
            assertThat(cache.canShift()).isFalse();
            assertRefused(() -> cache.shift(0, 4, -1, -1));
            assertRefused(() -> cache.divide(0, 4, -1, 2));
            assertThat(context.decode(new Batch(1).add(77, PROMPT.length, 0, true)))
                    .isEqualTo(DecodeStatus.OK);
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void dropOldest_keysThatCannotBeRotated_isRefusedBeforeTheTextBegins(Layout layout, @TempDir Path folder) {
        try (Model model = load(layout, folder)) {
            long handles = TestModels.settledHandles();
            CompletionOptions completion = CompletionOptions.builder()
                    .context(options(layout))
                    .contextShift(ContextShift.dropOldest())
                    .build();
            assertRefused(() -> Completion.of(model, "the cat", completion));
            ChatOptions chat = ChatOptions.builder()
                    .context(options(layout))
                    .contextShift(ContextShift.dropOldest())
                    .build();
            assertRefused(() -> ChatSession.open(model, chat));
            assertThat(TestModels.liveHandles()).isEqualTo(handles);
        }
    }

    @Tag("cpu") // CUDA asserts on heads of 16 in Q8_0
    @ParameterizedTest
    @MethodSource("layouts")
    void complete_withoutShift_fillsTheContextWithSuchKeys(Layout layout, @TempDir Path folder) {
        try (Model model = load(layout, folder)) {
            CompletionOptions completion = CompletionOptions.builder()
                    .context(options(layout))
                    .maxTokens(20)
                    .build();
            assertThat(Completion.of(model, "the cat", completion).text()).isNotNull();
        }
    }

    @Test
    void shift_quantizedKeysOfHeads64_moves() {
        try (Model model = TestModels.smol();
                Context context = model.newContext(TestModels.small()
                        .kvCache(kv -> kv.keyType(KvType.Q8_0).valueType(KvType.Q8_0))
                        .build())) {
            context.decode(new Batch(PROMPT.length).addAll(PROMPT, 0, 0));
            assertThat(context.kvCache().canShift()).isTrue();
            assertThat(context.kvCache().remove(0, 2, 4)).isTrue();
            context.kvCache().shift(0, 4, -1, -2);
            assertThat(context.decode(new Batch(1).add(77, PROMPT.length - 2, 0, true)))
                    .isEqualTo(DecodeStatus.OK);
        }
    }
}
