package dev.tokapu.cli;

import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.server.model.AnswerDefaults;
import dev.tokapu.text.GenerationOptions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a preset says about answers: its "sampling" and "reasoning". */
final class PresetDefaults {

    private static final List<String> REASONING_KEYS = List.of("enabled", "budget", "closing-text", "effort");
    private static final List<String> SAMPLING_KEYS =
            List.of("temperature", "top-p", "top-k", "min-p", "repeat-penalty", "seed", "max-tokens", "stop");

    private PresetDefaults() {}

    /** Of the members of a preset. */
    static AnswerDefaults read(Map<String, ConfigValue> preset) {
        return new AnswerDefaults(sampling(preset.get("sampling")), reasoning(preset.get("reasoning")));
    }

    private static ReasoningOptions reasoning(@Nullable ConfigValue value) {
        if (value == null) {
            return ReasoningOptions.defaults();
        }
        Map<String, ConfigValue> members = value.object("reasoning");
        Names.refuseUnknown(members, REASONING_KEYS);
        ConfigValue enabled = members.get("enabled");
        if (enabled != null && !enabled.flag("enabled")) {
            return ReasoningOptions.off();
        }
        ReasoningOptions options = ReasoningOptions.defaults();
        ConfigValue budget = members.get("budget");
        ConfigValue closing = members.get("closing-text");
        ConfigValue effort = members.get("effort");
        options = budget == null ? options : options.withBudget(budget.integer("budget", 0));
        options = closing == null ? options : options.withClosingText(closing.text("closing-text"));
        return effort == null ? options : options.withEffort(effort.text("effort"));
    }

    private static GenerationOptions sampling(@Nullable ConfigValue value) {
        GenerationOptions.Builder options = GenerationOptions.builder();
        if (value == null) {
            return options.build();
        }
        Map<String, ConfigValue> members = value.object("sampling");
        Names.refuseUnknown(members, SAMPLING_KEYS);
        members.forEach((name, one) -> {
            switch (name) {
                case "temperature" -> options.temperature(one.number(name));
                case "top-p" -> options.topP(one.number(name));
                case "top-k" -> options.topK(one.integer(name, 0));
                case "min-p" -> options.minP(one.number(name));
                case "repeat-penalty" -> options.repeatPenalty(one.number(name));
                case "seed" -> options.seed(one.integer(name, Integer.MIN_VALUE));
                case "max-tokens" -> options.maxTokens(one.integer(name, 1));
                default -> options.stops(PresetReader.texts(members, name));
            }
        });
        return options.build();
    }
}
