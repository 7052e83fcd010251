package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TinyModel;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.ServerFixture.Reply;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** /v1/embeddings. */
@Timeout(300)
class EmbeddingsIT {

    private static final String PATH = "/v1/embeddings";

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        EngineOptions options = EngineOptions.builder()
                .context(ServerFixture.context()
                        .embeddings(true)
                        .pooling(Pooling.MEAN)
                        .build())
                .maxSequences(4)
                .sequenceContextSize(64)
                .build();
        http = new ServerFixture(model, options, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static float[] vector(Reply reply, int index) {
        assertThat(reply.status()).as(reply.json().toString()).isEqualTo(200);
        JsonNode values = reply.json().path("data").path(index).path("embedding");
        float[] vector = new float[values.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = values.path(i).floatValue();
        }
        return vector;
    }

    private static double length(float[] vector) {
        double square = 0;
        for (float value : vector) {
            square += (double) value * value;
        }
        return Math.sqrt(square);
    }

    @Test
    void text_isTheEnginesVector() throws Exception {
        Reply reply = http.post(PATH, "{\"input\":\"the sea\",\"model\":\"test\"}");
        float[] expected = http.engine.embed("the sea").get(5, TimeUnit.MINUTES);
        assertThat(vector(reply, 0)).containsExactly(expected, within(1e-4f));
        assertThat(reply.json().path("object").asText()).isEqualTo("list");
        assertThat(reply.json().path("model").asText()).isEqualTo("test");
        int tokens = model.vocab().tokenize("the sea", TokenizeOptions.defaults()).length;
        assertThat(reply.json().path("usage").path("prompt_tokens").asInt()).isEqualTo(tokens);
    }

    @Test
    void textsAndTokens_areAnsweredInOrder() {
        int[] tokens = model.vocab().tokenize("the sea", TokenizeOptions.defaults());
        Reply texts = http.post(PATH, "{\"input\":[\"hello\",\"the sea\"]}");
        Reply asTokens = http.post(PATH, "{\"input\":[" + Arrays.toString(tokens) + "]}");
        assertThat(texts.json().path("data")).hasSize(2);
        assertThat(texts.json().path("data").path(1).path("index").asInt()).isEqualTo(1);
        int others = model.vocab().tokenize("hello", TokenizeOptions.defaults()).length;
        assertThat(texts.json().path("usage").path("prompt_tokens").asInt()).isEqualTo(others + tokens.length);
        assertThat(texts.json().path("usage").path("total_tokens").asInt()).isEqualTo(others + tokens.length);
        assertThat(vector(texts, 1)).containsExactly(vector(asTokens, 0), within(1e-4f));
        assertThat(vector(texts, 0)).isNotEqualTo(vector(texts, 1));
    }

    @Test
    void textsOfOneCall_mayBeMoreThanTheQueueHolds() {
        EngineOptions options = http.engine.options().toBuilder()
                .maxSequences(2)
                .queueCapacity(2)
                .build();
        String texts =
                IntStream.range(0, 40).mapToObj(i -> "\"text " + i + "\"").collect(Collectors.joining(","));
        try (ServerFixture small = new ServerFixture(model, options, ServerOptions.defaults())) {
            Reply reply = small.post(PATH, "{\"input\":[" + texts + "]}");
            assertThat(reply.json().path("data")).hasSize(40);
            float[] last = vector(http.post(PATH, "{\"input\":\"text 39\"}"), 0);
            assertThat(vector(reply, 39)).containsExactly(last, within(1e-2f));
            String asked = "{\"model\":\"test\",\"input\":[" + texts + "]}";
            assertThat(small.post("/embeddings", asked).json()).hasSize(40);
            assertThat(small.post("/api/embed", asked).json().path("embeddings"))
                    .hasSize(40);
        }
    }

    @Test
    void base64_hasTheSameFloats() {
        Reply plain = http.post(PATH, "{\"input\":\"hello\"}");
        Reply coded = http.post(PATH, "{\"input\":\"hello\",\"encoding_format\":\"base64\"}");
        byte[] bytes = Base64.getDecoder()
                .decode(coded.json().path("data").path(0).path("embedding").asText());
        float[] vector = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        assertThat(vector).containsExactly(vector(plain, 0), within(1e-4f));
    }

    @Test
    void dimensions_areTheFirstOnesWithLengthOne() {
        float[] whole = vector(http.post(PATH, "{\"input\":\"hello\"}"), 0);
        float[] some = vector(http.post(PATH, "{\"input\":\"hello\",\"dimensions\":8}"), 0);
        assertThat(some).hasSize(8);
        assertThat(length(some)).isCloseTo(1, within(1e-5));
        assertThat((double) some[1] / some[0]).isCloseTo((double) whole[1] / whole[0], within(1e-2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|input",
                "{'input':''}|input",
                "{'input':[]}|input",
                "{'input':[['a']]}|input[0][0]",
                "{'input':'a','dimensions':0}|dimensions",
                "{'input':'a','dimensions':100000}|dimensions",
                "{'input':'a','encoding_format':'int8'}|encoding_format",
                "{'input':'a','input_type':'query'}|input_type",
            })
    void wrongValues_areNamed(String body, String parameter) {
        Reply reply = http.post(PATH, body.replace('\'', '"'));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("param").asText()).isEqualTo(parameter);
    }

    @Test
    void textThatIsTooLong_isRefusedWithItsPlace() {
        String text = "sea ".repeat(300);
        Reply reply = http.post(PATH, "{\"input\":[\"hello\",\"" + text + "\"]}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("param").asText()).isEqualTo("input[1]");
        assertThat(reply.json().path("error").path("message").asText()).contains("at most 64");
    }

    @Test
    void llamaServersPath_hasAListOfVectors() {
        float[] expected = vector(http.post(PATH, "{\"input\":\"the sea\"}"), 0);
        for (String body : List.of("{\"content\":\"the sea\"}", "{\"input\":[\"the sea\"],\"embd_normalize\":2}")) {
            JsonNode embedding = http.post("/embeddings", body).json().path(0).path("embedding");
            assertThat(embedding).hasSize(1);
            assertThat(embedding.path(0).path(0).floatValue()).isCloseTo(expected[0], within(1e-4f));
        }
        assertThat(http.post("/embedding", "{\"content\":[\"a\",[5,6]]}")
                        .json()
                        .path(1)
                        .path("index")
                        .asInt())
                .isEqualTo(1);
        assertThat(http.post("/embeddings", "{\"content\":\"a\",\"embd_normalize\":0}")
                        .status())
                .isEqualTo(400);
        assertThat(http.post("/embeddings", "{}").status()).isEqualTo(400);
    }

    @Test
    void images_areRefused() {
        String image = "{\"prompt_string\":\"<__media__>\",\"multimodal_data\":[\"aGk=\"]}";
        Reply reply = http.post("/embeddings", "{\"content\":[\"a\"," + image + "]}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("message").asText())
                .startsWith("content[1].multimodal_data cannot be read");
        Reply openAi = http.post(PATH, "{\"input\":[\"a\"," + image + "]}");
        assertThat(openAi.status()).isEqualTo(400);
        assertThat(openAi.json().path("error").path("param").asText()).isEqualTo("input[1]");
    }

    @Test
    void tokens_haveAVectorEach() {
        EngineOptions options = EngineOptions.builder()
                .context(ServerFixture.context()
                        .embeddings(true)
                        .pooling(Pooling.NONE)
                        .build())
                .maxSequences(4)
                .sequenceContextSize(64)
                .build();
        try (ServerFixture tokens = new ServerFixture(model, options, ServerOptions.defaults())) {
            JsonNode json = tokens.post("/embeddings", "{\"input\":[\"the sea\",\"a\"]}")
                    .json();
            assertThat(json).hasSize(2);
            int count = model.vocab().tokenize("the sea", TokenizeOptions.defaults()).length;
            assertThat(json.path(0).path("embedding"))
                    .hasSize(count)
                    .allSatisfy(
                            vector -> assertThat(vector).hasSize(model.info().outputEmbeddingSize()));
            for (String path : List.of(PATH, "/api/embed")) {
                Reply reply = tokens.post(path, "{\"model\":\"test\",\"input\":\"a\"}");
                assertThat(reply.status()).as(path).isEqualTo(400);
            }
        }
    }

    @Test
    void answers_ofAModelForEmbeddings_areRefused() {
        Reply reply = http.post("/v1/completions", "{\"prompt\":\"hello\"}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("message").asText()).contains("embeddings");
    }

    @Test
    void embeddings_ofAModelForAnswers_areRefused() {
        try (ServerFixture answers = new ServerFixture(model, 1, 64, ServerOptions.defaults())) {
            Reply reply = answers.post(PATH, "{\"input\":\"hello\"}");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.json().path("error").path("param").asText()).isEqualTo("model");
        }
    }
}
