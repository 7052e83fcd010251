package dev.tokapu.chat;

import dev.tokapu.tool.ToolCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a reader has been told of an answer, and what is new in it.
 *
 * <p>Thread safety: confined.
 */
final class AnswerProgress {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final int ID_LENGTH = 9; // what Mistral's templates demand

    private final Queue<AnswerDelta> news = new ArrayDeque<>();
    private final List<ToolCall> completed = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private final List<Integer> told = new ArrayList<>();
    private int text;
    private int reasoning;

    /** Readers know this part already. */
    AnswerProgress(ParsedAnswer known) {
        text = known.text().length();
        reasoning = known.reasoning().length();
    }

    /**
     * Adds the news of a further state of the answer. A parser may withdraw an uncertain end; what readers have seen stays.
     *
     * @param whole whether its last call is complete
     */
    void advance(ParsedAnswer now, boolean whole) {
        if (now.reasoning().length() > reasoning) {
            news.add(new AnswerDelta.Reasoning(now.reasoning().substring(reasoning)));
            reasoning = now.reasoning().length();
        }
        if (now.text().length() > text) {
            news.add(new AnswerDelta.Text(now.text().substring(text)));
            text = now.text().length();
        }
        for (int i = completed.size(); i < now.calls().size(); i++) {
            call(i, now.calls().get(i), whole || i + 1 < now.calls().size());
        }
    }

    /** More text, of an answer that has nothing else. */
    void text(String piece) {
        news.add(new AnswerDelta.Text(piece));
        text += piece.length();
    }

    private void call(int index, ParsedAnswer.Call call, boolean complete) {
        if (call.name().isEmpty() || (call.arguments().isEmpty() && !complete)) {
            return; // the name may go on
        }
        if (index == ids.size()) {
            ids.add(call.id().isEmpty() ? newId() : call.id());
            told.add(0);
            news.add(new AnswerDelta.CallStarted(index, ids.get(index), call.name()));
        }
        if (call.arguments().length() > told.get(index)) {
            news.add(new AnswerDelta.CallArguments(index, call.arguments().substring(told.get(index))));
            told.set(index, call.arguments().length());
        }
        if (complete) {
            ToolCall done =
                    new ToolCall(ids.get(index), call.name(), call.arguments().isBlank() ? "{}" : call.arguments());
            completed.add(done);
            news.add(new AnswerDelta.CallCompleted(index, done));
        }
    }

    private static String newId() {
        StringBuilder id = new StringBuilder(ID_LENGTH);
        ThreadLocalRandom.current().ints(ID_LENGTH, 0, ALPHABET.length()).forEach(i -> id.append(ALPHABET.charAt(i)));
        return id.toString();
    }

    /** What has not been told yet. */
    Queue<AnswerDelta> news() {
        return news;
    }

    /** The calls that are complete. */
    List<ToolCall> calls() {
        return List.copyOf(completed);
    }
}
