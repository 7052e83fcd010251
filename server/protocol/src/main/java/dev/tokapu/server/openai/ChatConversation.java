package dev.tokapu.server.openai;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problems;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The conversation of a request, as OpenAI's API describes it: messages, tools, how to reason, what the answer must be.
 *
 * <p>Thread safety: immutable.
 *
 * @param request the conversation
 * @param callsTools whether the model may call tools
 * @since 0.1
 */
public record ChatConversation(ChatRequest request, boolean callsTools) {

    /**
     * Reads a conversation; what else the body has is left to the caller.
     *
     * @param body the body of a request
     * @param defaults how the model thinks where the body does not say
     * @return the conversation
     * @throws dev.tokapu.server.problem.ProblemException that names the parameter that is wrong
     */
    public static ChatConversation read(JsonObject body, ReasoningOptions defaults) {
        JsonValue messages = body.require("messages");
        ChatRequest.Builder chat = ChatRequest.builder(MessageReader.read(messages));
        boolean tools = ToolReader.read(body, chat);
        chat.answerGrammar(FormatReader.read(body));
        chat.reasoning(reasoning(body, chat, defaults));
        return new ChatConversation(Problems.checked("messages", chat::build), tools);
    }

    /** With variables of the template. */
    private static ReasoningOptions reasoning(JsonObject body, ChatRequest.Builder chat, ReasoningOptions defaults) {
        ReasoningOptions reasoning = defaults;
        JsonObject arguments = body.object("chat_template_kwargs");
        if (arguments != null) {
            Map<String, Object> plain = new LinkedHashMap<>();
            arguments.plain().forEach((name, value) -> {
                if (value != null) {
                    plain.put(name, value);
                }
            });
            if (arguments.get("enable_thinking") != null) {
                reasoning = arguments.flag("enable_thinking", true) ? thinking(defaults) : ReasoningOptions.off();
            }
            plain.remove("enable_thinking");
            chat.arguments(plain);
        }
        JsonValue effort = body.get("reasoning_effort");
        if (effort == null) {
            return reasoning;
        }
        String value = effort.oneOf("none", "minimal", "low", "medium", "high", "xhigh");
        return value.equals("none")
                ? ReasoningOptions.off()
                : thinking(reasoning).withEffort(value);
    }

    /** The same, but that the model thinks. */
    private static ReasoningOptions thinking(ReasoningOptions options) {
        return options.enabled() ? options : ReasoningOptions.defaults();
    }
}
