package dev.tokapu.server.anthropic;

import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how the model thinks.
 *
 * @param options for the conversation
 * @param shown whether the answer has the text of thoughts, and not only that there were some
 */
record Thinking(ReasoningOptions options, boolean shown) {

    /** Reads {@code thinking}, and the effort of {@code output_config}. */
    static Thinking read(@Nullable JsonObject thinking, @Nullable JsonValue effort) {
        ReasoningOptions options = ReasoningOptions.off();
        boolean shown = true;
        if (thinking != null) {
            String type = thinking.require("type").oneOf("enabled", "adaptive", "disabled");
            if (!type.equals("disabled")) {
                options = ReasoningOptions.defaults();
                JsonValue display = thinking.get("display");
                shown = display == null
                        || !display.oneOf("summarized", "omitted").equals("omitted");
            }
            if (type.equals("enabled")) {
                options = options.withBudget(thinking.require("budget_tokens").integer(1, Integer.MAX_VALUE));
            }
            thinking.rejectUnknown(Set.of());
        }
        if (effort != null) {
            options = options.withEffort(effort.oneOf("low", "medium", "high", "xhigh", "max"));
        }
        return new Thinking(options, shown);
    }
}
