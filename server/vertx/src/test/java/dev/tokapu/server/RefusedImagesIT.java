package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.ServerFixture.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images, sounds and documents, which no model reads here: an error in the form of each API that names the part. */
@Timeout(300)
class RefusedImagesIT {

    private static final String PNG = "data:image/png;base64,aGk=";

    @TinyModel
    private static Model model;

    private static ServerFixture http;

    @BeforeAll
    static void start() {
        http = new ServerFixture(model, 1, 64, ServerOptions.defaults());
    }

    @AfterAll
    static void close() {
        http.close();
    }

    private static JsonNode refused(String path, String members) {
        Reply reply = http.post(
                path, "{\"model\":\"test\"," + members.replace('\'', '"').replace("PNG", PNG) + '}');
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(400);
        return reply.json().path("error");
    }

    private static final String USER = "'messages':[{'role':'user','content':[{'type':'text','text':'What is this?'},";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{'type':'image_url','image_url':{'url':'PNG'}} | image_url",
                "{'type':'input_audio','input_audio':{'data':'aGk=','format':'wav'}} | input_audio",
                "{'type':'file','file':{'file_id':'file-1'}} | file",
            })
    void part_ofAChatsMessage(String part, String type) {
        for (String path :
                new String[] {"/v1/chat/completions", "/v1/chat/completions/input_tokens", "/apply-template"}) {
            for (String stream :
                    path.endsWith("completions") ? new String[] {"", ",'stream':true"} : new String[] {""}) {
                JsonNode error = refused(path, USER + part + "]}]" + stream);
                assertThat(error.path("message").asText())
                        .startsWith("messages[0].content[1].type is '" + type + "'; only parts of type 'text'");
                assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
                if (path.endsWith("completions")) {
                    assertThat(error.path("param").asText()).isEqualTo("messages[0].content[1].type");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{'type':'input_image','image_url':'PNG'} | input_image",
                "{'type':'input_file','file_id':'file-1'} | input_file",
            })
    void part_ofAResponsesInput(String part, String type) {
        for (String path : new String[] {"/v1/responses", "/v1/responses/input_tokens"}) {
            JsonNode error = refused(path, "'input':[{'role':'user','content':[" + part + "]}]");
            assertThat(error.path("message").asText())
                    .startsWith("input[0].content[0].type is '" + type + "'; it must be one of input_text");
            assertThat(error.path("param").asText()).isEqualTo("input[0].content[0].type");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{'type':'image','source':{'type':'base64','media_type':'image/png','data':'aGk='}} | messages[0].content[1].type is 'image'",
                "{'type':'document','source':{'type':'url','url':'https://a.example/x.pdf'}} | messages[0].content[1].type is 'document'",
                "{'type':'tool_result','tool_use_id':'1','content':[{'type':'image','source':{}}]} | messages[0].content[1].content[0].type is 'image'",
            })
    void block_ofAnAnthropicMessage(String block, String message) {
        for (String path : new String[] {"/v1/messages", "/v1/messages/count_tokens"}) {
            String limit = path.endsWith("messages") ? ",'max_tokens':9" : "";
            JsonNode error = refused(path, USER + block + "]}]" + limit);
            assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
            assertThat(error.path("message").asText()).startsWith(message);
        }
    }

    @Test
    void images_ofOllamasRequests() {
        String images = "'images':['aGk=']";
        assertThat(refused("/api/generate", "'prompt':'What is this?'," + images)
                        .asText())
                .isEqualTo("images has 1; models read text alone here, leave images out");
        assertThat(refused("/api/chat", "'messages':[{'role':'user','content':'What is this?'," + images + "}]")
                        .asText())
                .isEqualTo("messages[0].images has 1; models read text alone here, leave images out");
    }

    @Test
    void data_ofLlamaServersPrompts() {
        String prompt = "{'prompt_string':'What is this: <__media__>','multimodal_data':['aGk=']}";
        for (String path : new String[] {"/completion", "/completions"}) {
            assertThat(refused(path, "'prompt':" + prompt).path("message").asText())
                    .isEqualTo("prompt.multimodal_data cannot be read; models read text alone here, leave it out");
            assertThat(refused(path, "'prompt':['a'," + prompt + "]")
                            .path("message")
                            .asText())
                    .startsWith("prompt[1].multimodal_data cannot be read");
        }
        assertThat(refused("/v1/completions", "'prompt':" + prompt)
                        .path("param")
                        .asText())
                .isEqualTo("prompt");
    }

    @Test
    void models_tellThatTheyReadTextAlone() {
        assertThat(http.get("/props").json().path("modalities"))
                .isEqualTo(ServerFixture.json("{\"vision\":false,\"audio\":false}"));
        JsonNode listed = http.get("/v1/models").json().path("data").path(0).path("capabilities");
        assertThat(listed).isNotEmpty();
        assertThat(listed.toString()).doesNotContain("vision", "multimodal");
        JsonNode shown = http.post("/api/show", "{\"model\":\"test\"}").json().path("capabilities");
        assertThat(shown).isEqualTo(listed);
    }
}
