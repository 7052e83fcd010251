package dev.tokapu.chat;

import dev.tokapu.spi.NativeApi;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the native library answers to a request to render a conversation. */
final class RenderedJson {

    private RenderedJson() {}

    static ChatTemplate.Rendered read(NativeApi api, Map<String, ?> json) {
        AnswerParser parser =
                json.get("answer_parser") instanceof Number id ? new AnswerParser(api, id.longValue()) : null;
        return new ChatTemplate.Rendered(
                new RenderedChat(text(json, "prompt"), texts(json, "stops")),
                bytes(json, "plain"),
                bytes(json, "cuts"),
                format(json, parser));
    }

    /** Places in the prompt. */
    private static int[] bytes(Map<String, ?> json, String key) {
        return list(json, key).stream().mapToInt(at -> ((Number) at).intValue()).toArray();
    }

    private static AnswerFormat format(Map<String, ?> json, @Nullable AnswerParser parser) {
        return new AnswerFormat(
                text(json, "grammar"),
                Boolean.TRUE.equals(json.get("grammar_lazy")),
                list(json, "grammar_triggers").stream()
                        .map(trigger -> trigger((Map<?, ?>) trigger))
                        .toList(),
                text(json, "generation_prompt"),
                texts(json, "preserved_tokens"),
                Boolean.TRUE.equals(json.get("supports_thinking")),
                text(json, "thinking_start_tag"),
                texts(json, "thinking_end_tags"),
                parser);
    }

    private static AnswerFormat.Trigger trigger(Map<?, ?> json) {
        int token = json.get("token") instanceof Number number ? number.intValue() : -1;
        return new AnswerFormat.Trigger(text(json, "type"), text(json, "value"), token);
    }

    private static String text(Map<?, ?> json, String key) {
        return json.get(key) instanceof String text ? text : "";
    }

    private static List<?> list(Map<?, ?> json, String key) {
        return json.get(key) instanceof List<?> list ? list : List.of();
    }

    private static List<String> texts(Map<?, ?> json, String key) {
        return list(json, key).stream()
                .map(String::valueOf)
                .filter(text -> !text.isEmpty())
                .toList();
    }
}
