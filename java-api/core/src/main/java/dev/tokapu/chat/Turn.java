package dev.tokapu.chat;

import dev.tokapu.text.GenerationOptions;

/** How one answer of a conversation is made: what it begins with and must be, how it is generated, what it may call. */
record Turn(AnswerPrefix prefix, GenerationOptions generation, ToolUse tools) {

    static Turn of(ChatOptions options) {
        return new Turn(AnswerPrefix.NONE, options.generation(), ToolUse.of(options));
    }

    Turn with(AnswerPrefix other) {
        return new Turn(other, generation, tools);
    }

    Turn with(ToolUse other) {
        return new Turn(prefix, generation, other);
    }

    Turn overriddenBy(GenerationOptions overrides) {
        return new Turn(prefix, generation.overriddenBy(overrides), tools);
    }
}
