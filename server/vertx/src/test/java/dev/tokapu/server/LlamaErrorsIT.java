package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.ServerFixture.Reply;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What /completion refuses, and how. */
@Timeout(300)
class LlamaErrorsIT {

    private static final int SIZE = 256;

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        http = new ServerFixture(model, 1, SIZE, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    @Test
    void promptThatIsTooLong_isAnErrorOfItsOwnType_streamedOrNot() {
        for (String stream : List.of("false", "true")) {
            Reply reply = http.post(
                    "/completion", "{\"prompt\":\"" + "hello there ".repeat(SIZE) + "\",\"stream\":" + stream + "}");
            assertThat(reply.status()).isEqualTo(400);
            JsonNode error = reply.json().path("error");
            assertThat(error.path("type").asText()).isEqualTo("exceed_context_size_error");
            assertThat(error.path("code").asInt()).isEqualTo(400);
            assertThat(error.path("message").asText())
                    .contains("do not fit", Integer.toString(SIZE))
                    .doesNotContain("Options");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"n_predict\":1 | prompt",
                "\"prompt\":[] | prompt",
                "\"prompt\":[1,999999] | prompt[1]",
                "\"prompt\":{\"prompt_string\":\"<__media__>\",\"multimodal_data\":\"aGk=\"} | prompt.multimodal_data",
                "\"prompt\":\"a\",\"n_predict\":-2 | n_predict",
                "\"prompt\":\"a\",\"post_sampling_probs\":1 | post_sampling_probs",
                "\"prompt\":\"a\",\"logit_bias\":[[1]] | logit_bias[0]",
                "\"prompt\":\"a\",\"logit_bias\":[[1,true]] | logit_bias[0][1]",
                "\"prompt\":\"a\",\"verbose\":true | verbose"
            })
    void whatIsWrong_isNamed(String members, String parameter) {
        Reply reply = http.post("/completions", "{" + members + "}");
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(400);
        assertThat(reply.json().path("error").path("message").asText()).startsWith(parameter);
        assertThat(reply.json().path("error").path("type").asText()).isEqualTo("invalid_request_error");
    }
}
