package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.mcp.McpClient;
import dev.tokapu.ranking.Reranker;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.testsupport.TinyPositionsGguf;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mcp}, as a program that speaks MCP meets it. */
@Timeout(300)
class McpIT {

    private static final String TEXT = "The sea is blue.";
    private static final Pattern ADDRESS = Pattern.compile("An MCP server at (\\S+); its tools: ");
    private static final int TERMINATED = 143;

    @TempDir
    private Path folder;

    private static McpClient connect(String... args) {
        return McpClient.stdio(Program.command(args).toArray(String[]::new)).connect();
    }

    private static Map<String, String> call(List<Tool> tools, String name, String arguments) {
        ToolResult result = Tools.builder()
                .add(tools)
                .build()
                .run(List.of(new ToolCall("1", name, arguments)))
                .get(0);
        assertThat(result.isError()).as(result.text()).isFalse();
        return JsonText.flat(result.text());
    }

    private Path file(TinyPositionsGguf kind) throws IOException {
        return Files.write(folder.resolve(kind + ".gguf"), kind.bytes());
    }

    @Test
    void defaultModel_answersAndTokenizes() {
        try (McpClient client = connect("mcp");
                Model model = Model.load(DefaultModel.source())) {
            List<Tool> tools = client.tools();
            assertThat(tools).extracting(Tool::name).containsExactly("chat", "tokenize");
            Map<String, String> answer = call(tools, "chat", "{\"message\":\"Hello!\",\"max_tokens\":4}");
            assertThat(Integer.parseInt(answer.get("/generated_tokens"))).isBetween(1, 4);
            assertThat(answer.get("/finish_reason")).isIn("stop", "length");
            Map<String, String> tokens = call(tools, "tokenize", "{\"text\":\"" + TEXT + "\"}");
            assertThat(tokens.get("/count"))
                    .isEqualTo(Integer.toString(model.vocab().tokenize(TEXT).length));
            ToolResult wrong = Tools.builder()
                    .add(tools)
                    .build()
                    .run(List.of(new ToolCall("1", "chat", "{\"message\":\"Hello!\",\"max_tokens\":0}")))
                    .get(0);
            assertThat(wrong.isError()).isTrue();
            assertThat(wrong.text()).contains("max_tokens must be 1 to 4096, not 0");
        }
    }

    @Test
    void modelsForVectors_embedAndRerank() throws IOException {
        Path embedding = file(TinyPositionsGguf.ENCODER);
        Path ranking = file(TinyPositionsGguf.RANKING);
        try (McpClient client = connect(
                        "mcp", "-q", "--embedding-model", embedding.toString(), "--rerank-model", ranking.toString());
                Model embeds = Model.load(embedding);
                Embedder embedder = Embedder.open(embeds);
                Model ranks = Model.load(ranking);
                Reranker reranker = Reranker.open(ranks)) {
            List<Tool> tools = client.tools();
            assertThat(tools).extracting(Tool::name).containsExactly("chat", "tokenize", "embed", "rerank");
            Map<String, String> vectors = call(tools, "embed", "{\"texts\":[\"" + TEXT + "\"]}");
            assertThat(vectors.get("/dimensions")).isEqualTo(Integer.toString(embedder.dimensions()));
            assertThat(Float.parseFloat(vectors.get("/vectors/0/0"))).isEqualTo(embedder.embed(TEXT)[0]);
            Map<String, String> ranked =
                    call(tools, "rerank", "{\"query\":\"the sea\",\"documents\":[\"water\",\"a bird\"],\"top_n\":1}");
            assertThat(ranked.get("/0/index"))
                    .isEqualTo(Integer.toString(reranker.rerank("the sea", List.of("water", "a bird"))
                            .get(0)
                            .index()));
            assertThat(ranked).doesNotContainKey("/1/index");
        }
    }

    @Test
    void programWithoutInput_ends() {
        Program.Result result = Program.run("mcp");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("An MCP server on standard input and output; its tools: [chat, tokenize]");
    }

    private static URI address(Program.Running running) throws Exception {
        while (running.process().isAlive()) {
            Matcher address = ADDRESS.matcher(Files.readString(running.err()));
            if (address.find()) {
                return URI.create(address.group(1));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        throw new AssertionError(Files.readString(running.err()));
    }

    @Test
    void http_isServedUntilTheProgramIsToldToEnd() throws Exception {
        Program.Running running = Program.start("", "mcp", "--http", "0");
        try {
            try (McpClient client = McpClient.http(address(running)).connect()) {
                assertThat(call(client.tools(), "tokenize", "{\"text\":\"" + TEXT + "\"}"))
                        .containsKey("/count");
            }
        } finally {
            running.process().destroy();
        }
        assertThat(Program.await(running).exitCode()).isEqualTo(TERMINATED);
    }

    @Test
    void http_ofOtherMachines_wantsAKey() {
        Program.Result result = Program.run("mcp", "--http", "0.0.0.0:0");
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("TOKAPU_API_KEY").doesNotContain("Exception");
        Program.Result wrong = Program.run("mcp", "--http", "here");
        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(wrong.err()).contains("--http here is no [HOST:]PORT");
    }
}
