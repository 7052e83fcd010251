package dev.tokapu.cli;

import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.Usage;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prints a text as it is generated, then what it cost. */
final class Answer {

    private final Console console;
    private final boolean json;
    private final boolean quiet;

    Answer(Console console, boolean json, boolean quiet) {
        this.console = console;
        this.json = json;
        this.quiet = quiet;
    }

    /** Prints the whole stream and closes it. */
    void print(TextStream stream, Interrupt interrupt) {
        try (stream) {
            if (json) {
                String text = interrupt.guard(stream::cancel, stream::text);
                console.println(Json.of(asMap(text, stream)));
                return;
            }
            interrupt.guard(stream::cancel, () -> {
                for (String piece : stream) {
                    console.print(piece);
                }
                console.print("\n");
                return stream;
            });
            if (!quiet) {
                console.note(statistics(stream));
            }
        }
    }

    /** One line: what was read and written, how fast, and why it ended. */
    static String statistics(TextStream stream) {
        Usage usage = stream.usage();
        Timings timings = stream.timings();
        StringBuilder line = new StringBuilder("[").append(usage.promptTokens()).append(" prompt tokens, ");
        if (usage.cachedTokens() > 0) {
            line.append(usage.cachedTokens()).append(" of them cached, ");
        }
        if (usage.generatedTokens() > 0) {
            line.append(String.format(
                    Locale.ROOT,
                    "first token after %.0f ms, %d tokens at %.1f tokens/s, ",
                    timings.firstTokenMillis(),
                    usage.generatedTokens(),
                    timings.tokensPerSecond()));
            if (usage.reasoningTokens() > 0) {
                line.append(usage.reasoningTokens()).append(" of them thought, ");
            }
        }
        return line.append(reason(stream)).append(']').toString();
    }

    private static String reason(TextStream stream) {
        return switch (stream.finishReason()) {
            case STOP_TOKEN -> "complete";
            case STOP_TEXT -> "stopped by a stop text";
            case STOP_CRITERION -> "stopped by a criterion";
            case MAX_TOKENS -> "stopped by --max-tokens";
            case CONTEXT_FULL -> "stopped, the context is full: --ctx N makes it larger";
            case DEADLINE, CANCELLED -> "interrupted";
        };
    }

    /** Text, end and cost. */
    static Map<String, Object> asMap(String text, TextStream stream) {
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("promptTokens", stream.usage().promptTokens());
        usage.put("cachedTokens", stream.usage().cachedTokens());
        usage.put("generatedTokens", stream.usage().generatedTokens());
        usage.put("reasoningTokens", stream.usage().reasoningTokens());
        Map<String, Object> timings = new LinkedHashMap<>();
        timings.put("promptMillis", stream.timings().promptMillis());
        timings.put("generationMillis", stream.timings().generationMillis());
        timings.put("firstTokenMillis", stream.timings().firstTokenMillis());
        timings.put("promptTokensPerSecond", stream.timings().promptTokensPerSecond());
        timings.put("tokensPerSecond", stream.timings().tokensPerSecond());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("text", text);
        answer.put("finishReason", stream.finishReason().name());
        answer.put("usage", usage);
        answer.put("timings", timings);
        return answer;
    }
}
