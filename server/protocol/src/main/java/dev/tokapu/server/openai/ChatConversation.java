package dev.tokapu.server.openai;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.server.generate.AnswerBeginning;
import dev.tokapu.server.generate.ReasoningReader;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problems;
import java.util.List;

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
        List<ChatMessage> all = MessageReader.read(messages);
        ChatRequest.Builder chat = ChatRequest.builder(all);
        readEnd(body, all, chat);
        boolean tools = ToolReader.read(body, chat);
        chat.answerGrammar(FormatReader.read(body));
        ReasoningReader.read(body, body.get("reasoning_effort"), defaults, chat);
        return new ChatConversation(Problems.checked("messages", chat::build), tools);
    }

    /** How the prompt ends: a last message of the assistant is continued, unless the body says otherwise. */
    private static void readEnd(JsonObject body, List<ChatMessage> messages, ChatRequest.Builder chat) {
        JsonValue continued = body.get("continue_final_message");
        JsonValue added = body.get("add_generation_prompt");
        boolean adds = added == null || added.flag();
        boolean continues =
                continued != null ? continued.flag() : (added == null || !adds) && AnswerBeginning.isLast(messages);
        if (continues && added != null && adds) {
            throw added.wrong("and continue_final_message cannot both be true; a prompt ends in one way");
        }
        chat.addGenerationPrompt(adds).continueFinalMessage(continues);
    }
}
