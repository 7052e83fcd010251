package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ChatSessionIT {

    private static final ContextOptions CONTEXT =
            TestModels.small().contextSize(512).build();

    @TinyModel
    private static Model model;

    private static ChatOptions.Builder greedy() {
        return ChatOptions.builder().context(CONTEXT).samplers(Sampler.greedy()).maxTokens(20);
    }

    private static ChatSession open() {
        return ChatSession.open(model, greedy().build());
    }

    /** The answer that a context of its own gives to the whole conversation. */
    private static String fresh(List<ChatMessage> messages) {
        try (ChatTemplate template = ChatTemplate.of(model)) {
            CompletionOptions options = CompletionOptions.builder()
                    .context(CONTEXT)
                    .samplers(Sampler.greedy())
                    .maxTokens(20)
                    .parseSpecial(true)
                    .build();
            return Completion.of(model, template.render(messages), options).text();
        }
    }

    @Test
    void send_severalTurns_equalsDecodingEverythingAfresh() {
        try (ChatSession chat =
                ChatSession.open(model, greedy().systemPrompt("be nice").build())) {
            for (String text : List.of("hello", "what is the time?", "and now?", "ok")) {
                TextStream answer = chat.send(text);
                String actual = answer.text();
                List<ChatMessage> history = chat.history();
                assertThat(actual).isEqualTo(fresh(history.subList(0, history.size() - 1)));
                assertThat(history.get(history.size() - 1)).isEqualTo(ChatMessage.assistant(actual));
            }
            assertThat(chat.history()).hasSize(9);
        }
    }

    @Test
    void ask_isTheWholeAnswer() {
        try (ChatSession chat = open()) {
            String answer = chat.ask("hello");
            assertThat(answer).isNotEmpty();
            assertThat(chat.history()).containsExactly(ChatMessage.user("hello"), ChatMessage.assistant(answer));
            chat.reset();
            StringBuilder pieces = new StringBuilder();
            chat.askStreaming("hello").forEach(pieces::append);
            assertThat(pieces).hasToString(answer);
        }
    }

    @Test
    void send_secondTurn_decodesOnlyWhatIsNew() {
        try (ChatSession chat = open()) {
            TextStream first = chat.send("tell me something long about the sea and the wind");
            first.text();
            assertThat(first.usage().cachedTokens()).isZero();
            TextStream second = chat.send("more");
            second.text();
            Usage usage = second.usage();
            assertThat(usage.cachedTokens())
                    .isGreaterThanOrEqualTo(first.usage().promptTokens());
            assertThat(usage.promptTokens() - usage.cachedTokens()).isLessThan(60);
            assertThat(chat.totalUsage()).isEqualTo(first.usage().plus(second.usage()));
        }
    }

    @Test
    void reset_keepsTheSystemPromptOnly() {
        try (ChatSession chat =
                ChatSession.open(model, greedy().systemPrompt("be nice").build())) {
            String first = chat.send("hello").text();
            chat.send("more").text();
            chat.reset();
            assertThat(chat.history()).containsExactly(ChatMessage.system("be nice"));
            TextStream again = chat.send("hello");
            assertThat(again.text()).isEqualTo(first);
            assertThat(again.usage().cachedTokens()).isPositive();
        }
    }

    @Test
    void stream_andPublisher_giveTheSameText() throws Exception {
        try (ChatSession chat = open()) {
            String expected = chat.send("hello").text();
            chat.reset();
            try (Stream<String> pieces = chat.send("hello").stream()) {
                assertThat(pieces.collect(Collectors.joining())).isEqualTo(expected);
            }
            chat.reset();
            Collector collector = new Collector();
            chat.send("hello").publisher().subscribe(collector);
            assertThat(collector.done.await(5, TimeUnit.MINUTES)).isTrue();
            assertThat(String.join("", collector.pieces)).isEqualTo(expected);
        }
    }

    private static final class Collector implements Flow.Subscriber<String> {

        private final Queue<String> pieces = new ConcurrentLinkedQueue<>();
        final CountDownLatch done = new CountDownLatch(1);

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String piece) {
            pieces.add(piece);
        }

        @Override
        public void onError(Throwable e) {
            pieces.add(e.toString());
            done.countDown();
        }

        @Override
        public void onComplete() {
            done.countDown();
        }
    }

    @Test
    void send_stopString_endsBeforeIt() {
        ChatOptions options = greedy().samplers(Sampler.grammar("root ::= \"abcdefghijklmnop\""), Sampler.greedy())
                .stops("efg")
                .build();
        try (ChatSession chat = ChatSession.open(model, options)) {
            TextStream answer = chat.send("hello");
            assertThat(answer.text()).isEqualTo("abcd");
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_TEXT);
        }
    }

    @Test
    void send_invalidUtf8FromTheModel_equalsDecodingAllAtOnce(@TempDir Path folder) {
        Path file = TinyGguf.builder().byteTokenScale(1).build().write(folder.resolve("bytes.gguf"));
        try (Model bytes = Model.load(file);
                ChatSession chat =
                        ChatSession.open(bytes, greedy().maxTokens(200).build())) {
            TextStream answer = chat.send("hello");
            String text = answer.text();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int token : answer.tokens()) {
                all.writeBytes(bytes.vocab().piece(token));
            }
            assertThat(text).isEqualTo(all.toString(StandardCharsets.UTF_8)).contains("\ufffd");
        }
    }

    @Test
    void send_conversationTooLong_throwsAndLeavesTheHistory() {
        try (ChatSession chat = open()) {
            chat.send("hello").text();
            List<ChatMessage> before = chat.history();
            assertThatExceptionOfType(ContextOverflowException.class)
                    .isThrownBy(() -> chat.send("word ".repeat(500)))
                    .withMessageContaining("512");
            assertThat(chat.history()).isEqualTo(before);
            assertThat(chat.send("hello").text()).isNotEmpty();
        }
    }

    @Test
    void send_templateRefuses_throwsAndLeavesTheHistory() {
        String jinja = "{% for m in messages %}{% if m.content == 'bad' %}{{ raise_exception('bad word') }}{% endif %}"
                + "{{ m.content }}{% endfor %}";
        try (ChatSession chat = ChatSession.open(model, greedy().template(jinja).build())) {
            chat.send("hello").text();
            List<ChatMessage> before = chat.history();
            assertThatExceptionOfType(ChatTemplateException.class).isThrownBy(() -> chat.send("bad"));
            assertThat(chat.history()).isEqualTo(before);
        }
    }

    @Test
    void send_templateArguments_reachTheTemplate() {
        String jinja = "{% for m in messages %}{{ m.content }}{% endfor %}{{ mood }}";
        ChatOptions options = greedy().template(jinja)
                .templateArguments(Map.of("mood", "happy happy happy"))
                .build();
        try (ChatSession chat = ChatSession.open(model, options);
                ChatSession plain =
                        ChatSession.open(model, greedy().template(jinja).build())) {
            TextStream with = chat.send("a");
            TextStream without = plain.send("a");
            assertThat(with.usage().promptTokens())
                    .isGreaterThan(without.usage().promptTokens());
        }
    }
}
