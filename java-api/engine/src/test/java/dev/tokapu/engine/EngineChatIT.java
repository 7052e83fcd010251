package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ChatTokenizer;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Conversations whose answers an engine generates. */
@Timeout(300)
class EngineChatIT {

    private static final ContextOptions CONTEXT =
            ContextOptions.builder().threads(1).batchThreads(1).build();

    @TinyModel
    private static Model model;

    private static Engine start() {
        return Engine.start(
                model,
                EngineOptions.builder()
                        .context(CONTEXT)
                        .maxSequences(4)
                        .sequenceContextSize(512)
                        .samplingThreads(1)
                        .build());
    }

    private static ChatOptions.Builder greedy() {
        return ChatOptions.builder().samplers(Sampler.greedy()).maxTokens(20);
    }

    /** With these each token takes a while: nothing has ended before it is cancelled. */
    private static List<Sampler> endless() {
        return EngineFixture.endless(5).build().generation().samplers();
    }

    /** Every token of an answer is the likeliest one after the conversation before it, within rounding. */
    private static void assertGreedy(List<ChatMessage> before, TextStream answer) {
        try (ChatTokenizer tokenizer = ChatTokenizer.of(model)) {
            EngineIT.assertGreedy(
                    model, tokenizer.tokenize(ChatRequest.of(before)).tokens().tokens(), answer.tokens());
        }
    }

    @Test
    void send_severalTurns_answersAsASessionOfItsOwn() {
        try (Engine engine = start();
                ChatSession chat = engine.chat(
                        greedy().systemPrompt("be nice, and be brief, and say no more than what you are asked for")
                                .build())) {
            Usage sum = Usage.NONE;
            int read = 0;
            for (String text : List.of("hello", "what is the time?", "and now?")) {
                TextStream answer = chat.send(text);
                String actual = answer.text();
                List<ChatMessage> history = chat.history();
                assertThat(history.get(history.size() - 1)).isEqualTo(ChatMessage.assistant(actual));
                assertThat(answer.tokens()).isNotEmpty();
                assertGreedy(history.subList(0, history.size() - 1), answer);
                // The last turn's prompt is there; of its answer what has the same tokens in the conversation.
                assertThat(answer.usage().cachedTokens()).isGreaterThanOrEqualTo(read);
                read = answer.usage().promptTokens();
                sum = sum.plus(answer.usage());
            }
            assertThat(chat.history()).hasSize(7);
            assertThat(chat.totalUsage()).isEqualTo(sum);
        }
    }

    @Test
    void send_manySessionsAtOnce_eachKeepsItsConversation() throws Exception {
        try (Engine engine = start()) {
            List<FutureTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                String name = "session " + i;
                tasks.add(TestModels.start(name, () -> {
                    try (ChatSession chat = engine.chat(greedy().build())) {
                        for (int turn = 0; turn < 3; turn++) {
                            TextStream answer = chat.send(name + " says " + turn);
                            answer.text();
                            List<ChatMessage> history = chat.history();
                            assertThat(history.get(history.size() - 2).content())
                                    .isEqualTo(name + " says " + turn);
                            assertGreedy(history.subList(0, history.size() - 1), answer);
                        }
                        return chat.history().size();
                    }
                }));
            }
            for (FutureTask<Integer> task : tasks) {
                assertThat(task.get(5, TimeUnit.MINUTES)).isEqualTo(6);
            }
            assertThat(engine.snapshot().completed()).isEqualTo(36);
        }
    }

    @Test
    void send_withPrefixAndContinue_goesOnInTheSameMessage() {
        try (Engine engine = start();
                ChatSession chat = engine.chat(greedy().maxTokens(5).build())) {
            String rest = chat.send("hello", "Well, ").text();
            assertThat(chat.history().get(1).content()).isEqualTo("Well, " + rest);
            TextStream more = chat.continueAnswer();
            String text = more.text();
            assertThat(chat.history()).hasSize(2);
            assertThat(chat.history().get(1).content()).isEqualTo("Well, " + rest + text);
        }
    }

    /** A value that a grammar holds to its form. */
    record Size(boolean large) {}

    @Test
    void ask_typed_isHeldToItsForm() {
        try (Engine engine = start();
                ChatSession chat = engine.chat(greedy().maxTokens(200).build())) {
            Size size = chat.ask("Is it large?", Size.class);
            assertThat(chat.history()).hasSize(2);
            assertThat(chat.history().get(1).content()).contains(String.valueOf(size.large()));
        }
    }

    @Test
    void send_notRead_isGeneratedAndJoinsTheHistory() {
        try (Engine engine = start();
                ChatSession chat = engine.chat(greedy().build())) {
            TextStream answer = chat.send("hello");
            EngineFixture.await("end", answer::isFinished);
            assertThat(chat.history()).hasSize(2);
            assertThat(chat.totalUsage()).isEqualTo(answer.usage());
            assertThat(answer.text()).isEqualTo(chat.history().get(1).content());
        }
    }

    @Test
    void defaults_haveShortForms() {
        List<ChatMessage> question = List.of(ChatMessage.user("hello"));
        try (Engine engine = Engine.start(model);
                ChatSession chat = engine.chat();
                Generation text = engine.submit("once");
                Generation answer = engine.submit(question)) {
            assertThat(engine.options()).isEqualTo(EngineOptions.defaults());
            assertThat(chat.options().systemPrompt()).isNull();
            assertThat(text.request().prompt()).isEqualTo(new Prompt.Text("once"));
            assertThat(answer.request().prompt()).isEqualTo(new Prompt.Chat(ChatRequest.of(question)));
            assertThat(answer.request().toBuilder()
                            .priority(2)
                            .build()
                            .scheduling()
                            .priority())
                    .isEqualTo(2);
        }
    }

    @Test
    void fork_goesOnFromTheSamePlaceByItself() {
        try (Engine engine = start();
                ChatSession chat = engine.chat(greedy().build())) {
            chat.send("hello").text();
            try (ChatSession other = chat.fork()) {
                assertThat(other.history()).isEqualTo(chat.history());
                TextStream answer = other.send("and now?");
                answer.text();
                assertGreedy(other.history().subList(0, 3), answer);
                assertThat(chat.history()).hasSize(2);
            }
        }
    }

    @Test
    void cancel_fromAnotherThread_endsTheAnswerInTheEngineToo() throws Exception {
        try (Engine engine = start();
                ChatSession chat =
                        engine.chat(greedy().samplers(endless()).maxTokens(400).build())) {
            TextStream answer = chat.send("hello");
            Iterator<String> pieces = answer.iterator();
            pieces.next();
            TestModels.start("canceller", () -> {
                        chat.cancel();
                        return 0;
                    })
                    .get(5, TimeUnit.MINUTES);
            while (pieces.hasNext()) {
                pieces.next();
            }
            assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
            awaitIdle(engine);
        }
    }

    @Test
    void stopText_endsTheGenerationInTheEngineToo() throws Exception {
        try (Engine engine = start();
                ChatSession chat = engine.chat(greedy().maxTokens(20).build())) {
            String text = chat.send("hello").text();
            int last = text.codePointAt(text.offsetByCodePoints(text.length(), -1));
            String stop = Character.toString(last);
            try (ChatSession stopping =
                    engine.chat(greedy().maxTokens(400).stops(List.of(stop)).build())) {
                TextStream answer = stopping.send("hello");
                assertThat(text).startsWith(answer.text());
                assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_TEXT);
            }
            awaitIdle(engine);
        }
    }

    private static void awaitIdle(Engine engine) {
        EngineFixture.await("idle", () -> engine.snapshot().running() == 0);
    }

    @Test
    void logProbabilities_areThoseOfTheTokens() {
        try (Engine engine = start();
                ChatSession chat = engine.chat(greedy().logProbabilities(3).build())) {
            TextStream answer = chat.send("hello");
            answer.text();
            assertThat(answer.logProbabilities()).hasSameSizeAs(answer.tokens());
            for (int i = 0; i < answer.tokens().length; i++) {
                assertThat(answer.logProbabilities().get(i).chosen().token()).isEqualTo(answer.tokens()[i]);
            }
        }
    }
}
