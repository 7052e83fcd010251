package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that people use, in the profile {@code clients}: they come from Python's package index, into the cache of the user. */
@Timeout(600)
class ClientsCheck {

    private static final String QUESTION = "!".repeat(300);
    private static final String TEXT = "Four, and so on.";
    private static final String NEXT_QUESTION = "And then?";
    private static final String CALL_QUESTION = "What is 3 and 1?";

    @TinyModel
    private static Model vectors;

    @TempDir
    private Path folder;

    @Test
    void openaiPython_worksWithTheServer() throws Exception {
        check(PythonClient.OPENAI, "openai_client.py", "/v1", QUESTION, CALL_QUESTION);
    }

    @Test
    void openaiPython_worksWithResponses() throws Exception {
        check(PythonClient.OPENAI, "openai_responses.py", "/v1", QUESTION, NEXT_QUESTION, CALL_QUESTION);
    }

    @Test
    void openaiPython_worksWithFilesAndBatches() throws Exception {
        check(PythonClient.OPENAI, "openai_batches.py", "/v1", QUESTION);
    }

    @Test
    void llm_worksWithTheServer() throws Exception {
        check(PythonClient.LLM, "llm_client.py", "/v1", QUESTION, CALL_QUESTION);
    }

    @Test
    void ollamaPython_worksWithTheServer() throws Exception {
        check(PythonClient.OLLAMA, "ollama_client.py", "", QUESTION, CALL_QUESTION);
    }

    /** Runs a script that gets the address of a server and what its model answers. */
    private void check(PythonClient client, String script, String path, String... questions) throws Exception {
        try (Model answering = script().load();
                TwoModels http = new TwoModels(answering, vectors, 0, folder.resolve("files"))) {
            List<String> arguments = new ArrayList<>(List.of(http.url(path)));
            arguments.addAll(List.of(questions));
            assertThat(client.run(script, arguments.toArray(String[]::new))).contains("all of it works");
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
}
