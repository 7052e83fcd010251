package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that people use, in the profile {@code clients}: they come from Python's package index, into the cache of the user. */
@Timeout(600)
class ClientsCheck {

    private static final String OPENAI = "3.57.0";
    private static final String QUESTION = "!".repeat(300);
    private static final String TEXT = "Four, and so on.";
    private static final String NEXT_QUESTION = "And then?";
    private static final String CALL_QUESTION = "What is 3 and 1?";

    @TempDir
    private Path folder;

    @Test
    void openaiPython_worksWithTheServer() throws Exception {
        check("openai_client.py", QUESTION, CALL_QUESTION);
    }

    @Test
    void openaiPython_worksWithResponses() throws Exception {
        check("openai_responses.py", QUESTION, NEXT_QUESTION, CALL_QUESTION);
    }

    /** Runs a script that gets the address of a server and what its model answers. */
    private void check(String script, String... questions) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(environment("openai", OPENAI).toString());
        command.add("src/test/python/" + script);
        try (Model model = script().load();
                ServerFixture http = new ServerFixture(model, 2, 0, ServerOptions.defaults())) {
            command.add(http.uri("/v1").toString());
            command.addAll(List.of(questions));
            assertThat(run(command.toArray(String[]::new))).contains("all of it works");
        }
    }

    private ScriptedChat script() {
        ToolDefinition add = new ToolDefinition(
                "add",
                "adds",
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");
        String call = "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 3}}\n</tool_call>";
        ToolCall three = new ToolCall("c", "add", "{\"a\": 3}");
        return new ScriptedChat(folder, List.of(add))
                .says(TEXT, ChatMessage.user(QUESTION))
                .says("Five.", ChatMessage.user(QUESTION), ChatMessage.assistant(TEXT), ChatMessage.user(NEXT_QUESTION))
                .says("<think>\nhm\n</think>\n\n" + call + "\n" + call, ChatMessage.user(CALL_QUESTION))
                .says(
                        "Six.",
                        ChatMessage.user(CALL_QUESTION),
                        ChatMessage.assistant("", List.of(three, three)),
                        ChatMessage.tool("c", "3"),
                        ChatMessage.tool("c", "3"));
    }

    /** The Python of an environment that has a package. */
    private static Path environment(String name, String version) throws IOException, InterruptedException {
        Path place = Path.of(System.getProperty("user.home"), ".cache", "tokapu", "clients", name + '-' + version);
        Path python = place.resolve("bin/python");
        if (!Files.exists(place.resolve("complete"))) {
            run("python3", "-m", "venv", place.toString());
            run(python.toString(), "-m", "pip", "install", "--quiet", name + "==" + version);
            Files.createFile(place.resolve("complete"));
        }
        return python;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
