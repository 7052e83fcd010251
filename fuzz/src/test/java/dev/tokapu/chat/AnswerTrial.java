package dev.tokapu.chat;

import dev.tokapu.exception.AnswerFormatException;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.text.FinishReason;
import dev.tokapu.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes answers to one request apart: whole, while they go on, and as a stream.
 *
 * <p>Thread safety: for one thread.
 */
public final class AnswerTrial implements AutoCloseable {

    private final ChatTemplate.Rendered rendered;
    private final @Nullable AnswerParser parser;
    private int takenBack;

    /** Answers to a request. */
    public AnswerTrial(ChatTemplate template, ChatRequest request) {
        rendered = template.render(request, true);
        parser = rendered.format().parser();
    }

    /** {@return the prompt} */
    public String prompt() {
        return rendered.chat().prompt();
    }

    /**
     * Takes one answer apart in all ways.
     *
     * @param pieces the answer
     * @param end why it ended
     * @return whether it is in the template's format
     */
    public boolean parses(List<String> pieces, FinishReason end) {
        String raw = String.join("", pieces);
        boolean whole = parses(raw, false);
        parses(raw, true);
        stream(pieces, end, whole && !end.isCutOff());
        return whole;
    }

    /** {@return how many answers had less text or thought at their end than before} */
    public int takenBack() {
        return takenBack;
    }

    private boolean parses(String raw, boolean partial) {
        if (parser == null) {
            return true;
        }
        try {
            parser.parse(raw, partial);
            return true;
        } catch (AnswerFormatException e) {
            return false;
        }
    }

    /** {@code sound}: whether what was told is all that there is, which broken answers do not keep to. */
    private void stream(List<String> pieces, FinishReason end, boolean sound) {
        if (parser != null) {
            parser.expect(2); // the answer closes it
        }
        Told told = new Told();
        ChatAnswer answer = new ChatAnswer(
                new ScriptedText(pieces, end),
                parser,
                "",
                new ReasoningTokens((token, dst) -> 0),
                new ThreadGuard("answer"),
                ended -> {});
        String text = "";
        for (AnswerDelta delta = answer.pull(); delta != null; delta = answer.pull()) {
            told.add(delta);
            String now = answer.textSoFar();
            expect(answer.isFinished() || now.length() >= text.length(), "the text shrinks", text, now);
            text = now;
        }
        if (sound && !told.wasTakenBack(answer)) {
            told.check(answer);
        }
        takenBack += told.wasTakenBack(answer) ? 1 : 0;
        expect(answer.rawText().equals(String.join("", pieces)), "raw text", answer.rawText(), String.join("", pieces));
        expect(
                answer.message().toolCalls().equals(answer.toolCalls()),
                "message",
                "" + answer.message(),
                "" + answer.toolCalls());
        answer.close();
    }

    private static void expect(boolean holds, String what, String one, String other) {
        if (!holds) {
            throw new AssertionError(what + ": <" + one + "> and <" + other + ">");
        }
    }

    @Override
    public void close() {
        if (parser != null) {
            parser.expect(0);
            parser.close();
        }
    }

    /** What the deltas said. */
    private static final class Told {

        private final StringBuilder text = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        private final List<StringBuilder> arguments = new ArrayList<>();
        private final List<ToolCall> completed = new ArrayList<>();

        void add(AnswerDelta delta) {
            if (delta instanceof AnswerDelta.Text more) {
                text.append(more.text());
            } else if (delta instanceof AnswerDelta.Reasoning more) {
                reasoning.append(more.text());
            } else if (delta instanceof AnswerDelta.CallStarted) {
                arguments.add(new StringBuilder());
            } else if (delta instanceof AnswerDelta.CallArguments more) {
                arguments.get(more.index()).append(more.json());
            } else if (delta instanceof AnswerDelta.CallCompleted call) {
                completed.add(call.call());
            }
        }

        /** Whether llama.cpp's parser read less in the whole answer than in a part of it. */
        boolean wasTakenBack(ChatAnswer answer) {
            return !answer.text().startsWith(text.toString())
                    || !answer.reasoning().startsWith(reasoning.toString());
        }

        void check(ChatAnswer answer) {
            expect(text.toString().equals(answer.text()), "deltas and text", text.toString(), answer.text());
            expect(
                    reasoning.toString().equals(answer.reasoning()),
                    "deltas and thoughts",
                    reasoning.toString(),
                    answer.reasoning());
            expect(completed.equals(answer.toolCalls()), "deltas and calls", "" + completed, "" + answer.toolCalls());
            for (int i = 0; i < completed.size(); i++) {
                String json = arguments.get(i).toString();
                String call = completed.get(i).arguments();
                expect(json.equals(call) || json.isBlank(), "arguments", json, call);
            }
        }
    }
}
