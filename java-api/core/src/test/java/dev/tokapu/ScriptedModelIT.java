package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.ScriptedGguf;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model that other tests let say what they want. */
class ScriptedModelIT {

    private static final String HARD = "{\"a\": \"\\\" \u00e9\u4e2d\ud83d\ude00\"}\n<think>\u0000";
    private static final TokenizeOptions PARSED =
            TokenizeOptions.builder().parseSpecial(true).build();

    @TempDir
    Path folder;

    private static ScriptedGguf script() {
        return new ScriptedGguf(List.of("<|end|>"), List.of("<think>"));
    }

    private Model load(ScriptedGguf script) throws IOException {
        return Model.load(Files.write(folder.resolve("scripted.gguf"), script.bytes()));
    }

    private static TextStream answer(Model model, String prompt) {
        CompletionOptions options = CompletionOptions.builder()
                .context(TestModels.small().build())
                .samplers(Sampler.greedy())
                .maxTokens(200)
                .build();
        return Completion.of(model, model.vocab().tokenize(prompt, PARSED), options);
    }

    @Test
    void complete_promptsOfTheScriptsLengths_saysWhatTheScriptSays() throws IOException {
        int[] hard;
        try (Model vocabulary = load(script())) {
            hard = vocabulary.vocab().tokenize(HARD, PARSED);
        }
        try (Model model = load(script().say(3, 'o', 'n', 'e').say(9, hard).say(200, 'l', 'a', 's', 't'))) {
            for (String prompt : List.of("abc", "xyz", "<|end|><think>\n")) {
                try (TextStream answer = answer(model, prompt)) {
                    assertThat(answer.text()).isEqualTo("one");
                    assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_TOKEN);
                }
            }
            try (TextStream answer = answer(model, "a".repeat(9))) {
                assertThat(answer.text()).isEqualTo(HARD);
            }
            try (TextStream answer = answer(model, "a".repeat(200))) {
                assertThat(answer.text()).isEqualTo("last");
            }
            try (TextStream answer = answer(model, "a".repeat(150))) {
                assertThat(answer.text()).isEmpty();
            }
        }
    }

    @Test
    void say_answersThatMeet_isRefused() {
        ScriptedGguf script = script().say(10, 'a', 'b', 'c');
        assertThat(script.free(10, 1)).isEqualTo(14);
        assertThat(script.free(8, 1)).isEqualTo(8);
        assertThat(script.free(8, 2)).isEqualTo(14);
        assertThatThrownBy(() -> script.say(13, 'x')).hasMessageContaining("13");
        assertThat(script.say(14, 'x').free(10, 1)).isEqualTo(16);
    }
}
