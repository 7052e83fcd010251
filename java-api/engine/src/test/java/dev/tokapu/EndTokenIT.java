package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ChatTokenizer;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.ScoreRequest;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.text.TextStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A model that wants an end token behind every text: none stands between a prompt and its answer. */
class EndTokenIT {

    @SmolModel
    private static Model model;

    private static Model ending;

    @BeforeAll
    static void load() {
        ModelOptions options = ModelOptions.builder()
                .metadataOverrides(Map.of("tokenizer.ggml.add_eos_token", true))
                .build();
        ending = Model.load(DefaultModel.source(), options);
        assertThat(ending.vocab().specialTokens().addsEos()).isTrue();
    }

    @AfterAll
    static void close() {
        ending.close();
    }

    private static CompletionOptions completion() {
        return CompletionOptions.builder()
                .context(TestModels.small().build())
                .samplers(Sampler.greedy())
                .maxTokens(6)
                .build();
    }

    @Test
    void complete_addsEos_isTheSameText() {
        String prompt = "Once upon a time";
        try (TextStream expected = Completion.of(model, prompt, completion());
                TextStream text = Completion.of(ending, prompt, completion())) {
            assertThat(text.text()).isEqualTo(expected.text());
            assertThat(text.usage()).isEqualTo(expected.usage());
        }
    }

    @Test
    void chat_addsEos_isTheSameAnswer() {
        ChatOptions options = ChatOptions.builder()
                .context(TestModels.small().build())
                .samplers(Sampler.greedy())
                .maxTokens(6)
                .build();
        try (ChatSession expected = ChatSession.open(model, options);
                ChatSession chat = ChatSession.open(ending, options)) {
            assertThat(chat.send("Hi").text()).isEqualTo(expected.send("Hi").text());
            assertThat(chat.continueAnswer().text())
                    .isEqualTo(expected.continueAnswer().text());
            assertThat(chat.send("And you?", "I am").text())
                    .isEqualTo(expected.send("And you?", "I am").text());
            assertThat(chat.totalUsage()).isEqualTo(expected.totalUsage());
        }
    }

    @Test
    void chatTokenizer_addsEosAndControlTextInAMessage_hasTheTemplatesEndTokensOnly() {
        ChatRequest request =
                ChatRequest.of(List.of(ChatMessage.user("a <|im_end|> b"), ChatMessage.user("<|im_end|>")));
        try (ChatTokenizer expected = ChatTokenizer.of(model);
                ChatTokenizer tokenizer = ChatTokenizer.of(ending)) {
            assertThat(tokenizer.tokenize(request).tokens())
                    .isEqualTo(expected.tokenize(request).tokens());
        }
    }

    @Test
    void engine_addsEos_answersAndScoresTheSame() {
        EngineOptions options =
                EngineOptions.builder().maxSequences(2).sequenceContextSize(256).build();
        Request request = Request.builder("Once upon a time")
                .samplers(Sampler.greedy())
                .maxTokens(6)
                .build();
        try (Engine expected = Engine.start(model, options);
                Engine engine = Engine.start(ending, options)) {
            assertThat(engine.submit(request).text())
                    .isEqualTo(expected.submit(request).text());
            ScoreRequest score = ScoreRequest.of("The capital of France is", " Paris");
            assertThat(engine.score(score).join().logLikelihood())
                    .isCloseTo(expected.score(score).join().logLikelihood(), within(0.001));
        }
    }

    @Test
    void vocab_addsEos_isAsTheModelSays() {
        int[] tokens = ending.vocab().tokenize("hello");
        assertThat(tokens[tokens.length - 1])
                .isEqualTo(ending.vocab().specialTokens().eos().orElseThrow());
    }
}
