package dev.tokapu.server;

import static dev.tokapu.server.AdderScript.TEXT;
import static dev.tokapu.server.AdderScript.TEXT_QUESTION;
import static dev.tokapu.server.AnthropicFixture.question;
import static dev.tokapu.server.AnthropicFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.core.JsonValue;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Metadata;
import com.anthropic.models.messages.ThinkingConfigDisabled;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What /v1/messages takes and refuses, with Anthropic's own client. */
@Timeout(300)
class MessageParametersIT {

    @TempDir
    static Path folder;

    private static AnthropicFixture server;
    private static AnthropicClient client;

    @BeforeAll
    static void start() {
        server = new AnthropicFixture(folder);
        client = server.client;
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void whatClientsSend_isTaken() {
        Message message = client.messages()
                .create(question(TEXT_QUESTION)
                        .metadata(Metadata.builder().userId("me").build())
                        .serviceTier(MessageCreateParams.ServiceTier.AUTO)
                        .thinking(ThinkingConfigDisabled.builder().build())
                        .putAdditionalBodyProperty("top_k", JsonValue.from(40))
                        .putAdditionalBodyProperty("top_p", JsonValue.from(1))
                        .putAdditionalHeader("anthropic-beta", "some-beta-2025-01-01")
                        .build());
        assertThat(text(message)).isEqualTo(TEXT);
    }

    @Test
    void problems_areTheClientsExceptions() {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.messages()
                        .create(question("x")
                                .putAdditionalBodyProperty("bogus", JsonValue.from(1))
                                .build()))
                .satisfies(e -> {
                    assertThat(e.apiMessage().orElseThrow()).contains("bogus");
                    assertThat(e.type().orElseThrow().asString()).isEqualTo("invalid_request_error");
                    assertThat(e.requestId().orElseThrow()).startsWith("req_");
                });
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.messages()
                        .createStreaming(question("x".repeat(5000)).build()))
                .withMessageContaining("context");
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() ->
                        client.messages().create(question("x").model("other").build()))
                .withMessageContaining("other");
    }

    @Test
    void keyThatNobodyHas_isRefused() {
        AnthropicClient other = server.client("sk-ant-wrong-0123456789");
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> other.messages().create(question("x").build()))
                .satisfies(e -> assertThat(e.type().orElseThrow().asString()).isEqualTo("authentication_error"));
        other.close();
    }

    @Test
    void maxTokens_mustBeGiven() {
        ServerFixture.Reply reply = server.http.send(server.http
                .to("/v1/messages")
                .header("x-api-key", AnthropicFixture.KEY)
                .POST(HttpRequest.BodyPublishers.ofString("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"))
                .build());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").path("message").asText()).contains("max_tokens");
    }
}
