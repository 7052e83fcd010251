package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.ContextShift.Range;
import dev.tokapu.text.ContextShift.Situation;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that outgrow their context, compared with llama-completion --context-shift. */
class ContextShiftIT {

    private static final String PROMPT = "Once upon a time there was a";
    private static final int SIZE = 256; // llama.cpp pads smaller contexts

    private static CompletionOptions.Builder options(ContextShift shift) {
        return CompletionOptions.builder()
                .context(ContextOptions.builder()
                        .contextSize(SIZE)
                        .threads(Reference.THREADS)
                        .batchThreads(Reference.THREADS)
                        .build())
                .samplers(Sampler.greedy())
                .contextShift(shift)
                .maxTokens(500);
    }

    /** The context is full after some 250 tokens, and then again after 125 each. */
    static List<Arguments> texts() {
        return Thorough.some(
                List.of(
                        arguments(Reference.TINY, 5, 500),
                        arguments(Reference.TINY, 0, 500),
                        arguments(Reference.DEFAULT, 4, 400)),
                1);
    }

    @ParameterizedTest
    @MethodSource("texts")
    void dropOldest_longText_equalsLlamaCpp(Reference reference, int keep, int tokens) {
        List<String> expected = Answers.texts(
                "shift-" + keep,
                List.of(PROMPT, tokens, SIZE),
                reference,
                () -> List.of(Reference.oracle()
                        .completionShifted(reference.file(), PROMPT, tokens, Reference.THREADS, SIZE, keep)
                        .text()));
        try (Model model = reference.load()) {
            int bos = model.vocab().specialTokens().addsBos() ? 1 : 0;
            ContextShift shift = ContextShift.dropOldest(keep == 0 ? 0 : keep + bos);
            try (TextStream completion = Completion.of(
                    model, PROMPT, options(shift).maxTokens(tokens).build())) {
                assertThat(completion.text()).isEqualTo(expected.get(0));
                assertThat(completion.tokens().length).isGreaterThan(SIZE);
            }
        }
    }

    @Test
    void none_longText_ends() {
        try (Model model = Reference.TINY.load();
                TextStream completion = Completion.of(
                        model, PROMPT, options(ContextShift.none()).build())) {
            completion.text();
            assertThat(completion.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
            assertThat(completion.usage().promptTokens() + completion.tokens().length)
                    .isEqualTo(SIZE + 1);
        }
    }

    @Test
    void ownStrategy_longText_isAsked() {
        List<Situation> seen = new ArrayList<>();
        ContextShift shift = situation -> {
            seen.add(situation);
            return seen.size() > 3 ? Optional.empty() : Optional.of(new Range(10, 60));
        };
        try (Model model = Reference.TINY.load();
                TextStream completion =
                        Completion.of(model, PROMPT, options(shift).build())) {
            completion.text();
            assertThat(completion.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
            assertThat(seen.get(0)).isEqualTo(new Situation(SIZE - 1, SIZE, 1));
            assertThat(seen).hasSizeGreaterThan(3);
            assertThat(completion.usage().promptTokens() + completion.tokens().length)
                    .isEqualTo(SIZE + 1 + 150);
        }
    }

    @Test
    void prompt_tooLong_isShortenedOrRefused() {
        String text = PROMPT.repeat(60);
        try (Model model = Reference.TINY.load()) {
            try (TextStream completion = Completion.of(
                    model, text, options(ContextShift.dropOldest()).maxTokens(4).build())) {
                completion.text();
                assertThat(completion.usage().promptTokens()).isBetween(SIZE / 4, SIZE);
                assertThat(completion.tokens()).hasSize(4);
            }
            assertThatExceptionOfType(ContextOverflowException.class)
                    .isThrownBy(() -> Completion.of(
                            model, text, options(ContextShift.none()).build()));
        }
    }

    @Test
    void ownStrategy_nonsense_isRefused() {
        ContextShift everything = situation -> Optional.of(new Range(0, situation.length()));
        ContextShift tooFar = situation -> Optional.of(new Range(5, situation.length() + 1));
        try (Model model = Reference.TINY.load()) {
            for (ContextShift shift : List.of(everything, tooFar)) {
                try (TextStream completion =
                        Completion.of(model, PROMPT, options(shift).build())) {
                    assertThatIllegalStateException()
                            .isThrownBy(completion::text)
                            .withMessageContaining("ContextShift wants to forget");
                }
            }
        }
    }
}
