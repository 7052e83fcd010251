package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One request and what was seen of it. */
final class SimulatedAnswers {

    final ScheduledRequest<SimulatedAnswers> request;
    final int tenant;
    final int[] prompt;

    /** One token in so many ends an answer. */
    int end = 5;

    /** Whether its tenant was evicted after it had got its slots. */
    boolean begun;

    final List<List<Integer>> answers = new ArrayList<>();

    SimulatedAnswers(int tenant, int[] prompt, ScheduledRequestBuilder builder) {
        this.tenant = tenant;
        this.prompt = prompt;
        this.request = builder.build(this);
        for (int i = 0; i < request.branches(); i++) {
            answers.add(new ArrayList<>());
        }
    }

    /** What is in a cell of a token that was computed with an adapter set. */
    static int cell(int token, int group) {
        return token + 1000 * group;
    }

    /** The cells of a text that was computed alone. */
    int[] cells(int branch) {
        int[] cells = text(branch);
        for (int i = 0; i < cells.length; i++) {
            cells[i] = cell(cells[i], i < request.activatedFrom ? request.group() : request.lastGroup());
        }
        return cells;
    }

    int common(int branch, int[] other) {
        int mismatch = Arrays.mismatch(cells(branch), other);
        return mismatch < 0
                ? Math.min(other.length, prompt.length + answers.get(branch).size())
                : mismatch;
    }

    int[] text(int branch) {
        int[] answer = answers.get(branch).stream().mapToInt(i -> i).toArray();
        int[] text = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, text, prompt.length, answer.length);
        return text;
    }
}
