package dev.tokapu.chat;

import dev.tokapu.exception.AnswerFormatException;
import dev.tokapu.internal.util.Json;
import dev.tokapu.text.TextStream;
import dev.tokapu.tool.ToolCall;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an answer, made of its text as that grows.
 *
 * <p>A parser reads the whole text each time, so that it is asked no more often than it takes a tenth of the time.
 *
 * <p>Thread safety: one thread at a time writes, any may read.
 */
final class AnswerAssembly {

    private static final int PAUSE = 9; // times as long as the last parse took
    private static final long FIRST_COST = 50_000; // nanoseconds

    private final @Nullable AnswerParser parser;
    private final StringBuilder raw;
    private final int prefix;
    private final AnswerProgress progress;
    private final ParsedAnswer known;
    private volatile ParsedAnswer parsed;
    private volatile List<ToolCall> calls = List.of();
    private volatile @Nullable AnswerFormatException problem;
    private volatile boolean finished;
    private long nextParse = System.nanoTime();
    private long cost = FIRST_COST;

    /** Nothing yet, after a beginning that readers know. */
    AnswerAssembly(@Nullable AnswerParser parser, String prefix) {
        this.parser = parser;
        this.raw = new StringBuilder(prefix);
        this.prefix = prefix.length();
        this.known = prefix.isEmpty() ? ParsedAnswer.EMPTY : partial(prefix);
        this.parsed = known;
        this.progress = new AnswerProgress(known);
    }

    private ParsedAnswer partial(String text) {
        if (parser == null) {
            return ParsedAnswer.ofText(text);
        }
        try {
            return parser.parse(text, true);
        } catch (AnswerFormatException e) {
            return ParsedAnswer.EMPTY; // the end will tell
        }
    }

    /** More of what the model wrote. */
    void add(String piece) {
        raw.append(piece);
        if (parser == null) {
            progress.text(piece);
            return;
        }
        long begin = System.nanoTime();
        if (begin - nextParse >= 0) {
            try {
                take(grown(parser.parse(raw.toString(), true)), false);
            } catch (AnswerFormatException e) {
                // the end will tell
            }
            long end = System.nanoTime();
            cost = Math.min(end - begin, 2 * cost); // the first parse is slow: code is cold
            nextParse = end + PAUSE * cost;
        }
    }

    /** What is there of a text and was not read. */
    void addFrom(TextStream text) {
        for (String piece = text.poll(); !piece.isEmpty() && !finished; piece = text.poll()) {
            add(piece);
        }
    }

    /** All that the model wrote, of which a part may have been added. */
    void addUnread(String all) {
        if (!finished && prefix + all.length() > raw.length()) {
            raw.append(all, raw.length() - prefix, all.length());
        }
    }

    /** The answer goes no further. */
    void finish(boolean cutOff) {
        finished = true;
        if (parser == null) {
            take(ParsedAnswer.ofText(raw.toString()), true);
            return;
        }
        try {
            ParsedAnswer whole = parser.parse(raw.toString(), cutOff);
            take(cutOff ? withoutHalfCall(grown(whole)) : whole, true);
        } catch (AnswerFormatException e) {
            problem = e;
            takeProblem();
        } finally {
            parser.close();
        }
    }

    private void takeProblem() {
        ParsedAnswer part = grown(partial(raw.toString()));
        boolean nothing = part.text().isEmpty() && part.reasoning().isEmpty();
        take(
                nothing
                        ? ParsedAnswer.ofText(raw.toString())
                        : new ParsedAnswer(part.text(), part.reasoning(), List.of()),
                true);
        calls = List.of();
    }

    private static ParsedAnswer withoutHalfCall(ParsedAnswer answer) {
        List<ParsedAnswer.Call> all = answer.calls();
        if (all.isEmpty() || isWhole(all.get(all.size() - 1))) {
            return answer;
        }
        return new ParsedAnswer(answer.text(), answer.reasoning(), all.subList(0, all.size() - 1));
    }

    private static boolean isWhole(ParsedAnswer.Call call) {
        try {
            Json.readObject(call.arguments());
            return !call.name().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Keeps the longer text and thought: a parser may withdraw an uncertain end, and readers never see a part shrink. */
    private ParsedAnswer grown(ParsedAnswer now) {
        ParsedAnswer before = parsed;
        return new ParsedAnswer(
                longer(now.text(), before.text()), longer(now.reasoning(), before.reasoning()), now.calls());
    }

    private static String longer(String now, String before) {
        return now.length() < before.length() ? before : now;
    }

    private void take(ParsedAnswer now, boolean whole) {
        progress.advance(now, whole);
        parsed = now;
        calls = progress.calls();
    }

    @Nullable
    AnswerDelta poll() {
        return progress.news().poll();
    }

    /** Takes all that is new. */
    List<AnswerDelta> pollAll() {
        List<AnswerDelta> all = List.copyOf(progress.news());
        progress.news().clear();
        return all;
    }

    boolean isFinished() {
        return finished;
    }

    /** Whether the answer is its text alone. */
    boolean isText() {
        return parser == null;
    }

    /** What is new of the text, behind the beginning that readers know. */
    String text() {
        String text = parsed.text();
        return text.substring(Math.min(text.length(), known.text().length()));
    }

    /** What is new of the thoughts. */
    String reasoning() {
        String reasoning = parsed.reasoning();
        return reasoning.substring(
                Math.min(reasoning.length(), known.reasoning().length()));
    }

    List<ToolCall> calls() {
        return calls;
    }

    Optional<AnswerFormatException> problem() {
        return Optional.ofNullable(problem);
    }

    /** With the beginning that readers know. */
    ChatMessage message() {
        return new ChatMessage(Role.ASSISTANT, parsed.text(), parsed.reasoning(), calls, null);
    }
}
