package dev.tokapu.cli.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerTargetTest {

    private static final URI SERVER = URI.create("http://h:1/");
    private static final LoadRequest REQUEST = new LoadRequest(0, new int[] {1, 2, 1}, 5);

    private static String body(boolean chat, boolean ignoreEos) {
        try (ServerTarget target = new ServerTarget(new ServerTarget.Settings(SERVER, "m", "", chat, ignoreEos))) {
            return target.body(REQUEST);
        }
    }

    @Test
    void chat_isOneMessageOfAsManyWords() {
        assertThat(body(true, true))
                .isEqualTo(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"time year time\"}],\"max_tokens\":5,"
                                + "\"temperature\":0,\"stream\":true,\"stream_options\":{\"include_usage\":true},\"ignore_eos\":true}");
    }

    @Test
    void foreignServer_isNotAskedForWhatItDoesNotKnow() {
        assertThat(body(false, false)).contains("\"prompt\":\"time year time\"").doesNotContain("ignore_eos");
    }

    @Test
    void path_hasOneSlash() {
        assertThat(ServerTarget.path(SERVER, "/v1/models")).hasToString("http://h:1/v1/models");
    }

    private static Outcome read(List<Integer> pieces, String... lines) {
        StreamedAnswer answer = new StreamedAnswer(new Receiver() {
            @Override
            public void onTokens(int count, long nanoTime) {
                pieces.add(count);
            }

            @Override
            public void onEnd(Outcome outcome) {
                throw new AssertionError("the exchange ends it");
            }
        });
        for (String line : lines) {
            answer.onNext(line);
        }
        return answer.outcome();
    }

    @Test
    void events_areReadAsTheyCome() {
        List<Integer> pieces = new ArrayList<>();
        Outcome outcome = read(
                pieces,
                ": a comment",
                "",
                "event: message",
                "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}",
                "data:{\"choices\":[{\"delta\":{\"content\":\"b\"}}]}",
                "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}",
                "data: [DONE]",
                "data: this is too late");
        assertThat(pieces).hasSize(2);
        assertThat(outcome).isEqualTo(new Outcome.Success(7, 3));
    }

    @Test
    void answerWithoutItsEnd_hasFailed() {
        assertThat(read(new ArrayList<>(), "data: {\"choices\":[{\"text\":\"a\"}]}"))
                .isEqualTo(new Outcome.Failed("the answer ended before [DONE]"));
    }

    @Test
    void errorsInAnAnswer_areFailures() {
        assertThat(read(new ArrayList<>(), "data: {\"error\":{\"message\":\"no\"}}", "data: [DONE]"))
                .isEqualTo(new Outcome.Failed("error in the answer: no"));
        assertThat(read(new ArrayList<>(), "data: oops"))
                .isEqualTo(new Outcome.Failed("an event that is no JSON: oops"));
    }
}
