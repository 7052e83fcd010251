package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.completion.FillInMiddle;
import dev.tokapu.completion.FillInMiddle.SourceFile;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.testsupport.TinyGguf;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gaps that a model fills: /infill, and suffix of /v1/completions and /api/generate. */
@Timeout(300)
class InfillIT {

    private static final int SIZE = 400;
    private static final int TOKENS = 8;
    private static final String GAP = "\"input_prefix\":\"the cat \",\"input_suffix\":\" on the mat\"";

    @TempDir
    static Path folder;

    private static Model model;
    private static ServerFixture http;

    @BeforeAll
    static void start() {
        model = Model.load(TinyGguf.builder().fillInMiddle().build().write(folder.resolve("fim.gguf")));
        http = new ServerFixture(model, 2, SIZE, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static String infill(String more) {
        return "{" + GAP + ",\"n_predict\":" + TOKENS + ",\"temperature\":0,\"ignore_eos\":true" + more + "}";
    }

    /** What follows the tokens of a gap. */
    private static String filled(FillInMiddle gap) {
        int[] prompt = gap.prompt(model.vocab(), http.engine.sequenceContextSize() - TOKENS);
        Reply reply = http.post(
                "/v1/completions",
                "{\"prompt\":" + Arrays.toString(prompt) + ",\"max_tokens\":" + TOKENS
                        + ",\"temperature\":0,\"ignore_eos\":true}");
        return reply.json().path("choices").path(0).path("text").asText();
    }

    /** The gap as llama-server puts it, in a file of a repository. */
    private static FillInMiddle gap(String middle, SourceFile... files) {
        List<SourceFile> all = new ArrayList<>(List.of(files));
        all.add(new SourceFile("filename", ""));
        return new FillInMiddle("the cat ", " on the mat", middle, false, "myproject", all);
    }

    @Test
    void infill_isWhatFollowsTheMarkedTexts() {
        JsonNode json = http.post("/infill", infill("")).json();
        assertThat(json.path("content").asText()).isEqualTo(filled(gap("")));
        assertThat(json.path("stop").asBoolean()).isTrue();
        assertThat(json.path("stop_type").asText()).isEqualTo("limit");
        assertThat(json.path("tokens_predicted").asInt()).isEqualTo(TOKENS);
        assertThat(json.path("timings").path("predicted_n").asInt()).isEqualTo(TOKENS);
    }

    @Test
    void filesAndBeginning_stayWhereLlamaServerPutsThem() {
        JsonNode json = http.post(
                        "/infill",
                        infill(
                                ",\"prompt\":\"sat\",\"input_extra\":[{\"filename\":\"a.c\",\"text\":\"int a;\"},{\"text\":\"x\"}]"))
                .json();
        FillInMiddle gap = gap("sat", new SourceFile("a.c", "int a;"), new SourceFile("tmp", "x"));
        assertThat(json.path("content").asText()).isEqualTo(filled(gap));
        assertThat(json.path("tokens_evaluated").asInt()).isEqualTo(gap.prompt(model.vocab(), SIZE).length);
    }

    @Test
    void infill_streamed_comesInParts() {
        HttpRequest request = http.to("/infill")
                .POST(HttpRequest.BodyPublishers.ofString(infill(",\"stream\":true")))
                .build();
        HttpResponse<String> response = http.raw(request);
        StringBuilder content = new StringBuilder();
        String[] events = response.body().split("\n\n", -1);
        for (String event : events) {
            if (!event.isEmpty()) {
                content.append(ServerFixture.json(event.substring("data: ".length()))
                        .path("content")
                        .asText());
            }
        }
        assertThat(content).hasToString(filled(gap("")));
        assertThat(events[events.length - 2]).contains("\"stop\":true");
    }

    @Test
    void whatEditorsSend_isTaken() {
        Reply reply = http.post(
                "/infill",
                infill(
                        ",\"samplers\":[\"top_k\",\"infill\"],\"top_k\":40,\"top_p\":0.9,\"cache_prompt\":true,\"n_indent\":2,"
                                + "\"t_max_prompt_ms\":500,\"t_max_predict_ms\":500,\"response_fields\":[\"content\"],\"id_slot\":0"));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        JsonNode warmed = http.post("/infill", "{" + GAP + ",\"n_predict\":0}").json();
        assertThat(warmed.path("content").asText()).isEmpty();
        assertThat(warmed.path("tokens_predicted").asInt(-1)).isZero();
    }

    @Test
    void suffix_ofCompletions_isWhatFollowsTheGap() {
        Reply reply = http.post(
                "/v1/completions",
                "{\"prompt\":[\"the cat \",\"a\"],\"suffix\":\" on the mat\",\"max_tokens\":" + TOKENS
                        + ",\"temperature\":0,\"ignore_eos\":true}");
        assertThat(reply.json().path("choices").path(0).path("text").asText())
                .isEqualTo(filled(FillInMiddle.of("the cat ", " on the mat")));
        assertThat(reply.json().path("choices").path(1).path("text").asText())
                .isEqualTo(filled(FillInMiddle.of("a", " on the mat")));
    }

    @Test
    void suffix_ofOllama_isWhatFollowsTheGap() {
        Reply reply = http.post(
                "/api/generate",
                "{\"model\":\"test\",\"prompt\":\"the cat \",\"suffix\":\" on the mat\",\"stream\":false,"
                        + "\"options\":{\"num_predict\":" + TOKENS + ",\"temperature\":0}}");
        assertThat(reply.json().path("prompt_eval_count").asInt())
                .isEqualTo(FillInMiddle.of("the cat ", " on the mat").prompt(model.vocab(), SIZE).length);
    }

    @Test
    void longTexts_areCutFarFromTheGap() {
        String longer = "abcdefgh".repeat(200);
        Reply reply = http.post(
                "/infill", "{\"input_prefix\":\"" + longer + "\",\"input_suffix\":\"" + longer + "\",\"n_predict\":4}");
        assertThat(reply.json().path("tokens_evaluated").asInt()).isEqualTo(SIZE - 4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "/infill | {\"input_suffix\":\"x\"} | input_prefix",
                "/infill | {\"input_prefix\":\"x\"} | input_suffix",
                "/infill | {\"input_prefix\":\"x\",\"input_suffix\":\"y\",\"prompt\":[1]} | prompt",
                "/infill | {\"input_prefix\":\"x\",\"input_suffix\":\"y\",\"input_extra\":[{\"filename\":\"ok\"}]} | input_extra[0].text",
                "/infill | {\"input_prefix\":\"x\",\"input_suffix\":\"y\",\"input_extra\":[{\"filename\":1,\"text\":\"a\"}]} | input_extra[0].filename",
                "/infill | {\"input_prefix\":\"x\",\"input_suffix\":\"y\",\"bogus\":1} | bogus",
                "/v1/completions | {\"prompt\":[1,2],\"suffix\":\"y\"} | prompt",
                "/v1/completions | {\"prompt\":\"x\",\"suffix\":\"y\",\"parse_special\":true} | parse_special"
            })
    void whatIsWrong_isNamed(String path, String body, String named) {
        Reply reply = http.post(path, body);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(400);
        assertThat(reply.json().path("error").path("message").asText()).startsWith(named);
    }
}
