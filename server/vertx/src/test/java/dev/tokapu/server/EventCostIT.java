package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an event costs does not grow with the answer: the last ones allocate as much as the first ones. */
@Timeout(300)
class EventCostIT {

    private static final int TOKENS = 2000;
    private static final int SOME = 200;
    private static final Pattern LAST =
            Pattern.compile("\\[DONE]|\"stop\":true|\"type\":\"(message_stop|response\\.incomplete)\"");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        http = new ServerFixture(model, 1, TOKENS + 200, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    /** Bytes that all threads but this one have allocated: those of the engine and the server. */
    private static long allocated() {
        long all = 0;
        for (long id : THREADS.getAllThreadIds()) {
            all += id == Thread.currentThread().getId() ? 0 : Math.max(0, THREADS.getThreadAllocatedBytes(id));
        }
        return all;
    }

    /** What was allocated when each event had come. */
    private static List<Long> read(RawClient client) throws IOException {
        List<Long> allocated = new ArrayList<>();
        boolean last = false;
        while (!last) {
            last = LAST.matcher(client.readTo("\n\n")).find();
            allocated.add(allocated());
        }
        return allocated;
    }

    private static long perEvent(List<Long> allocated, int from) {
        return (allocated.get(from + SOME) - allocated.get(from)) / SOME;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "/completion | 'prompt':'a','n_predict':",
                "/completion | 'n_probs':2,'prompt':'a','n_predict':",
                "/completion | 'n_probs':2,'post_sampling_probs':true,'timings_per_token':true,'prompt':'a','n_predict':",
                "/v1/completions | 'logprobs':2,'prompt':'a','max_tokens':",
                "/v1/chat/completions | 'logprobs':true,'top_logprobs':2,'timings_per_token':true,'messages':[{'role':'user','content':'a'}],'max_tokens':",
                "/v1/responses | 'include':['message.output_text.logprobs'],'timings_per_token':true,'input':'a','max_output_tokens':",
                "/v1/messages | 'messages':[{'role':'user','content':'a'}],'max_tokens':",
            })
    void lastEvents_allocateAsMuchAsTheFirst(String path, String body) throws IOException {
        String json =
                "{\"stream\":true,\"ignore_eos\":true,\"model\":\"test\"," + body.replace('\'', '"') + TOKENS + '}';
        try (RawClient client = new RawClient(http.server.port()).post(path, json)) {
            List<Long> allocated = read(client);
            int events = allocated.size();
            assertThat(events).as("several tokens may come at once").isGreaterThan(4 * SOME);
            long first = perEvent(allocated, SOME);
            long last = perEvent(allocated, events * 3 / 4); // the server is ahead, and the end tells of all
            assertThat(last).as("bytes of an event, %d at first", first).isLessThan(2 * first);
        }
    }
}
