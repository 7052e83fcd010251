package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.core.MultipartField;
import com.openai.core.http.HttpResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchListParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files and batches by OpenAI's own client for Java, which checks every response. */
@Timeout(300)
class OpenAiJavaFilesIT {

    @TinyModel
    private static Model model;

    @TempDir
    private static Path folder;

    private static ServerFixture http;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        http = new ServerFixture(
                model, 2, 256, ServerOptions.builder().files(folder).build());
        client = http.openAiClient();
    }

    @AfterAll
    static void close() {
        client.close();
        http.close();
    }

    private static FileObject upload(FilePurpose purpose, String content) {
        return client.files()
                .create(FileCreateParams.builder()
                        .file(MultipartField.<InputStream>builder()
                                .value(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)))
                                .filename("in.jsonl")
                                .build())
                        .purpose(purpose)
                        .expiresAfter(FileCreateParams.ExpiresAfter.builder()
                                .seconds(7200)
                                .build())
                        .build())
                .validate();
    }

    private static String line(String id, String body) {
        return "{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":" + body + "}\n";
    }

    private static Batch batch(String content) {
        BatchCreateParams params = BatchCreateParams.builder()
                .inputFileId(upload(FilePurpose.BATCH, content).id())
                .endpoint(BatchCreateParams.Endpoint.V1_COMPLETIONS)
                .completionWindow(BatchCreateParams.CompletionWindow._24H)
                .outputExpiresAfter(BatchCreateParams.OutputExpiresAfter.builder()
                        .seconds(3600)
                        .build())
                .build();
        Batch made = client.batches().create(params).validate();
        ServerFixture.await(
                "the end",
                () -> client.batches()
                        .retrieve(made.id())
                        .validate()
                        .status()
                        .toString()
                        .matches("completed|failed"));
        return client.batches().retrieve(made.id()).validate();
    }

    private static String content(String id) throws IOException {
        try (HttpResponse response = client.files().content(id)) {
            return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void file_isValid_listedAndDeleted() throws IOException {
        FileObject file = upload(FilePurpose.USER_DATA, "content");
        assertThat(file.filename()).isEqualTo("in.jsonl");
        assertThat(file.expiresAt()).contains(file.createdAt() + 7200);
        assertThat(client.files().retrieve(file.id()).validate()).isEqualTo(file);
        assertThat(content(file.id())).isEqualTo("content");
        FileListParams all =
                FileListParams.builder().purpose("user_data").limit(1).build();
        assertThat(client.files().list(all).autoPager().stream().map(FileObject::validate))
                .contains(file);
        assertThat(client.files().delete(file.id()).validate().deleted()).isTrue();
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.files().retrieve(file.id()));
    }

    @Test
    void batch_isValid_inEachStatus() throws IOException {
        Batch done = batch(line("a", "{\"prompt\":\"x\",\"max_tokens\":2}") + line("b", "{\"prompt\":7}"));
        assertThat(done.status()).isEqualTo(Batch.Status.COMPLETED);
        assertThat(done.requestCounts().orElseThrow().completed()).isEqualTo(1);
        assertThat(content(done.outputFileId().orElseThrow())).contains("\"custom_id\":\"a\"", "\"text_completion\"");
        assertThat(content(done.errorFileId().orElseThrow())).contains("\"custom_id\":\"b\"", "prompt");
        Batch failed = batch("{\n");
        assertThat(failed.status()).isEqualTo(Batch.Status.FAILED);
        assertThat(failed.errors().orElseThrow().data().orElseThrow().get(0).line())
                .contains(1L);
        List<Batch> all = client
                .batches()
                .list(BatchListParams.builder().limit(1).build())
                .autoPager()
                .stream()
                .map(Batch::validate)
                .toList();
        assertThat(all).contains(done, failed);
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.batches().cancel(done.id()))
                .satisfies(e -> assertThat(e.code()).contains("batch_not_cancellable"));
    }
}
