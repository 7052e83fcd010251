package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.testsupport.ScriptedGguf;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of a tool and of a model that thinks, calls it, thinks again and answers, whatever it is asked. */
record ScriptedTools(Path model, Path tools) {

    static final String QUESTION = "Where is it?";

    private static final String TOOLS = """
            [{"name": "find", "description": "Finds a word", "command": ["printf", "%s", "found {word}"],
              "parameters": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}}]
            """;
    private static final String CALL = "<think>\nI look.\n</think>\n\n"
            + "<tool_call>\n{\"name\": \"find\", \"arguments\": {\"word\": \"it\"}}\n</tool_call>";

    static ScriptedTools in(Path folder) throws IOException {
        Path tools = Files.writeString(folder.resolve("tools.json"), TOOLS);
        Path model = folder.resolve("scripted.gguf");
        ScriptedGguf script = new ScriptedGguf(List.of(), List.of())
                .template(Files.readString(Path.of("src/test/resources/scripted.jinja")));
        Files.write(model, script.bytes());
        try (Model vocabulary = Model.load(model);
                ChatTemplate template = ChatTemplate.of(vocabulary)) {
            List<ToolDefinition> definitions =
                    ToolFile.read(tools).stream().map(CommandTool::definition).toList();
            ChatMessage asked = ChatMessage.user(QUESTION);
            ChatMessage called = ChatMessage.assistant("", List.of(new ToolCall("1", "find", "{\"word\": \"it\"}")));
            say(script, template, definitions, CALL, asked);
            say(
                    script,
                    template,
                    definitions,
                    "<think>\nSo.\n</think>\n\nIt is here.",
                    asked,
                    called,
                    ChatMessage.tool("1", "found it"));
            String refused = "the call was refused: nobody is there to allow it";
            say(script, template, definitions, "Then not.", asked, called, ChatMessage.tool("1", refused));
        }
        Files.write(model, script.bytes());
        return new ScriptedTools(model, tools);
    }

    /** Tokens are bytes. */
    private static void say(
            ScriptedGguf script,
            ChatTemplate template,
            List<ToolDefinition> tools,
            String answer,
            ChatMessage... after) {
        String prompt = template.render(
                        ChatRequest.builder(List.of(after)).tools(tools).build())
                .prompt();
        script.say(
                prompt.getBytes(StandardCharsets.UTF_8).length, answer.chars().toArray());
    }

    /** Runs {@code chat} with both files. */
    Program.Result chat(String... more) {
        List<String> args = command();
        args.addAll(List.of(more));
        return Program.run(args.toArray(new String[0]));
    }

    List<String> command() {
        return new ArrayList<>(List.of("chat", "--greedy", "--model", model.toString(), "--tools", tools.toString()));
    }
}
