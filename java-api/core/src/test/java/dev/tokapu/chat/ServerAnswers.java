package dev.tokapu.chat;

import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.internal.util.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the model of a template would answer: the template itself writes the answer as part of a longer conversation, and what
 * stands behind the prompt there is what the model says.
 */
final class ServerAnswers {

    private static final String PLAIN = "It is sunny.";

    private final JsonTemplate template;
    private final String end;

    ServerAnswers(JsonTemplate template) {
        this.template = template;
        String text = written(Map.of("messages", List.of(message("user", "hello"))), message("assistant", PLAIN));
        int at = text.lastIndexOf(PLAIN);
        end = at < 0 ? "" : text.substring(at + PLAIN.length());
    }

    static Map<String, Object> message(String role, String content) {
        return Map.of("role", role, "content", content);
    }

    /** The whole conversation, or nothing where the template refuses it. */
    private String written(Map<String, Object> request, Map<String, Object> answer) {
        Map<String, Object> longer = new LinkedHashMap<>(request);
        List<Object> messages = new ArrayList<>((List<?>) request.get("messages"));
        messages.add(answer);
        longer.put("messages", messages);
        longer.put("add_generation_prompt", false);
        try {
            return String.valueOf(template.apply(longer).get("prompt"));
        } catch (ChatTemplateException e) {
            return "";
        }
    }

    /**
     * The model's answer.
     *
     * @param request without the answer
     * @param answer the message that it is to mean
     * @return the text; JSON of the message where the template cannot write it
     */
    String of(Map<String, Object> request, Map<String, Object> answer) {
        Map<String, ?> applied = template.apply(request);
        String conversation = written(request, answer);
        String thought = String.valueOf(answer.getOrDefault("reasoning_content", ""));
        if (conversation.isEmpty()) {
            return thought + Json.write(answer);
        }
        Opening opening = Opening.of(applied);
        String text = opening.behind(conversation);
        if (!thought.isEmpty() && !text.contains(thought)) {
            text = opening.thought(thought, text);
        } else if (opening.thinks() && !text.contains(opening.close)) {
            text = opening.close + text;
        }
        return !end.isEmpty() && text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
    }

    /** How the prompt begins the answer. */
    private record Opening(String prompt, String begun, String open, String close) {

        static Opening of(Map<String, ?> applied) {
            Object closes = applied.get("thinking_end_tags");
            return new Opening(
                    String.valueOf(applied.get("prompt")),
                    String.valueOf(applied.get("generation_prompt")),
                    String.valueOf(applied.get("thinking_start_tag")),
                    closes instanceof List<?> list && !list.isEmpty() ? String.valueOf(list.get(0)) : "");
        }

        /** Whether the prompt ends within a thought. */
        boolean thinks() {
            return !open.isEmpty() && !close.isEmpty() && begun.lastIndexOf(open) > begun.lastIndexOf(close);
        }

        /** An answer with a thought before it. */
        String thought(String thought, String text) {
            String opened = thinks() ? thought : open + thought;
            return text.startsWith(close) ? opened + text : opened + close + text;
        }

        String behind(String conversation) {
            if (conversation.startsWith(prompt)) {
                return conversation.substring(prompt.length());
            }
            int thought = open.isEmpty() ? -1 : begun.lastIndexOf(open);
            String head = prompt.substring(0, prompt.length() - begun.length() + Math.max(thought, 0));
            return conversation.startsWith(head) ? conversation.substring(head.length()) : afterCommon(conversation);
        }

        private String afterCommon(String conversation) {
            int same = 0;
            while (same < Math.min(prompt.length(), conversation.length())
                    && prompt.charAt(same) == conversation.charAt(same)) {
                same++;
            }
            // Not in the middle of a marker.
            int marker = conversation.lastIndexOf('<', same);
            return conversation.substring(marker >= 0 && same - marker < 3 ? marker : same);
        }
    }
}
