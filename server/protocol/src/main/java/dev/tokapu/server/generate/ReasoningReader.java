package dev.tokapu.server.generate;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how much a model thinks, as OpenAI's APIs say it, with llama.cpp's variables of the template.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ReasoningReader {

    private ReasoningReader() {}

    /**
     * Reads chat_template_kwargs, and how much to think.
     *
     * @param body the body of a request
     * @param effort how much; null when it is not said
     * @param chat the conversation that it is for
     * @throws dev.tokapu.server.problem.ProblemException that names the parameter that is wrong
     */
    public static void read(JsonObject body, @Nullable JsonValue effort, ChatRequest.Builder chat) {
        ReasoningOptions reasoning = ReasoningOptions.defaults();
        JsonObject arguments = body.object("chat_template_kwargs");
        if (arguments != null) {
            Map<String, Object> plain = new LinkedHashMap<>();
            arguments.plain().forEach((name, value) -> {
                if (value != null) {
                    plain.put(name, value);
                }
            });
            if (!arguments.flag("enable_thinking", true)) {
                reasoning = ReasoningOptions.off();
            }
            plain.remove("enable_thinking");
            chat.arguments(plain);
        }
        if (effort != null) {
            String value = effort.oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max");
            reasoning = value.equals("none") ? ReasoningOptions.off() : reasoning.withEffort(value);
        }
        chat.reasoning(reasoning);
    }
}
