package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Request;
import dev.tokapu.exception.ContextOverflowException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Who is told that a text is too long is told what to change. */
class OverflowIT {

    private static final String LONG = "word ".repeat(300);
    private static final ContextOptions DIVIDED =
            TestModels.small().contextSize(1024).maxSequences(4).build();

    @TinyModel
    private static Model model;

    private static void assertTold(ThrowingCallable call, String... texts) {
        assertThatExceptionOfType(ContextOverflowException.class)
                .isThrownBy(call)
                .extracting(Throwable::getMessage)
                .satisfies(message -> assertThat(message).contains(texts));
    }

    @Test
    void contextThatIsDivided_isNamed() {
        String[] reason = {"256 tokens per sequence", "1024", "divided by maxSequences", "KvCacheOptions.unified"};
        assertTold(
                () -> Completion.of(
                        model,
                        LONG,
                        CompletionOptions.builder().context(DIVIDED).build()),
                reason);
        try (ChatSession chat =
                ChatSession.open(model, ChatOptions.builder().context(DIVIDED).build())) {
            assertTold(() -> chat.send(LONG), reason);
        }
        try (Context context = model.newContext(DIVIDED)) {
            assertTold(() -> context.decode(new Batch(300).addAll(new int[300], 0, 0)), reason);
        }
    }

    @Test
    void contextOfOneSequence_isNot() {
        CompletionOptions options =
                CompletionOptions.builder().context(TestModels.small().build()).build();
        assertThatExceptionOfType(ContextOverflowException.class)
                .isThrownBy(() -> Completion.of(model, LONG, options))
                .withMessageContaining("ContextOptions.contextSize")
                .withMessageNotContaining("maxSequences");
    }

    @Test
    void engine_namesItsOwnOption() {
        EngineOptions options = EngineOptions.builder()
                .context(TestModels.small().build())
                .maxSequences(2)
                .sequenceContextSize(128)
                .build();
        try (Engine engine = Engine.start(model, options);
                ChatSession chat = engine.chat(ChatOptions.defaults())) {
            assertTold(() -> engine.submit(Request.of(LONG)), "128", "EngineOptions.sequenceContextSize");
            assertTold(() -> chat.send(LONG), "EngineOptions.sequenceContextSize");
        }
    }
}
