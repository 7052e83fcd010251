package dev.tokapu.server.anthropic;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.server.generate.AnswerBeginning;
import dev.tokapu.server.generate.AnswerFormat;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problems;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conversation of a request: system, messages, tools, how to think, what the answer must be.
 *
 * @param request the conversation
 * @param showsThoughts whether the answer has the text of thoughts
 */
record Conversation(ChatRequest request, boolean showsThoughts) {

    /** Reads a conversation; what else the body has is left to the caller. */
    static Conversation read(JsonObject body) {
        List<ChatMessage> messages = MessageReader.read(body);
        boolean begun = AnswerBeginning.isLast(messages);
        ChatRequest.Builder chat = ChatRequest.builder(messages).continueFinalMessage(begun);
        ToolReader.read(body, chat);
        JsonObject output = body.object("output_config");
        Thinking thinking = Thinking.read(body.object("thinking"), output == null ? null : output.get("effort"));
        if (begun && thinking.options().enabled()) {
            throw body.require("thinking")
                    .wrong("cannot be on where the last message begins the answer; leave out one of them");
        }
        chat.reasoning(thinking.options());
        if (output != null) {
            chat.answerGrammar(format(output.object("format")));
            output.rejectUnknown(Set.of());
        }
        return new Conversation(Problems.checked("messages", chat::build), thinking.shown());
    }

    private static @Nullable Grammar format(@Nullable JsonObject format) {
        if (format == null) {
            return null;
        }
        format.require("type").oneOf("json_schema");
        JsonValue schema = format.require("schema");
        format.rejectUnknown(Set.of());
        return AnswerFormat.schema(schema);
    }
}
