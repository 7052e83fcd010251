package dev.tokapu.server.openai;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.generate.ReasoningReader;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problems;

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
     * @return the conversation
     * @throws dev.tokapu.server.problem.ProblemException that names the parameter that is wrong
     */
    public static ChatConversation read(JsonObject body) {
        JsonValue messages = body.require("messages");
        ChatRequest.Builder chat = ChatRequest.builder(MessageReader.read(messages));
        boolean tools = ToolReader.read(body, chat);
        chat.answerGrammar(FormatReader.read(body));
        ReasoningReader.read(body, body.get("reasoning_effort"), chat);
        return new ChatConversation(Problems.checked("messages", chat::build), tools);
    }
}
