package dev.tokapu.server.anthropic;

import dev.tokapu.chat.AnswerDelta;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The events of an answer's blocks: one block is open at a time, and what comes of another kind closes it and opens the next. */
final class BlockEvents {

    private enum Kind {
        NONE,
        TEXT,
        THINKING,
        TOOL_USE
    }

    private final boolean showsThoughts;
    private final Consumer<Map<String, Object>> out;
    private Kind open = Kind.NONE;
    private int openCall;
    private int index = -1;

    /** Without a block yet; events go out with their type. */
    BlockEvents(boolean showsThoughts, Consumer<Map<String, Object>> out) {
        this.showsThoughts = showsThoughts;
        this.out = out;
    }

    /** There is more of the answer. */
    void more(AnswerDelta delta) {
        if (delta instanceof AnswerDelta.Text text) {
            if (open != Kind.TEXT) {
                start(Kind.TEXT, MessageJson.text(""));
            }
            delta("text_delta", "text", text.text());
        } else if (delta instanceof AnswerDelta.Reasoning reasoning) {
            if (open != Kind.THINKING) {
                start(Kind.THINKING, MessageJson.thinking("", ""));
            }
            if (showsThoughts) {
                delta("thinking_delta", "thinking", reasoning.text());
            }
        } else if (delta instanceof AnswerDelta.CallStarted started) {
            start(Kind.TOOL_USE, MessageJson.toolUse(started.id(), started.name(), Map.of()));
            openCall = started.index();
        } else if (delta instanceof AnswerDelta.CallArguments arguments) {
            delta("input_json_delta", "partial_json", arguments.json());
        } else if (delta instanceof AnswerDelta.CallCompleted completed
                && open == Kind.TOOL_USE
                && openCall == completed.index()) {
            end();
        }
    }

    private void start(Kind kind, Map<String, Object> block) {
        end();
        open = kind;
        index++;
        Map<String, Object> event = event("content_block_start");
        event.put("content_block", block);
        out.accept(event);
    }

    private void delta(String type, String name, String value) {
        Map<String, Object> delta = new LinkedHashMap<>();
        delta.put("type", type);
        delta.put(name, value);
        Map<String, Object> event = event("content_block_delta");
        event.put("delta", delta);
        out.accept(event);
    }

    /** Closes the block that is open, if there is one. */
    void end() {
        if (open == Kind.THINKING) {
            delta("signature_delta", "signature", MessageJson.SIGNATURE);
        }
        if (open != Kind.NONE) {
            open = Kind.NONE;
            out.accept(event("content_block_stop"));
        }
    }

    private Map<String, Object> event(String type) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", type);
        event.put("index", index);
        return event;
    }
}
