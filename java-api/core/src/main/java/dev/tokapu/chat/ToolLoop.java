package dev.tokapu.chat;

import dev.tokapu.exception.ToolLimitException;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.StoppingCriterion;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.ToolRun;
import dev.tokapu.tool.Tools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Answers, tool calls and results in turns, until an answer calls no tool.
 *
 * <p>Thread safety: confined, but for {@link #cancel}.
 */
final class ToolLoop {

    private final Conversation conversation;
    private final Tools tools;
    private final ToolLoopListener listener;
    private final Turn turn;
    private final long begin = System.nanoTime();
    private int rounds;
    private int calls;
    private volatile @Nullable ToolRun running;
    private volatile boolean cancelled;

    ToolLoop(Conversation conversation, Turn turn, Tools tools, ToolLoopListener listener) {
        this.conversation = conversation;
        this.turn = turn;
        this.tools = tools;
        this.listener = listener;
    }

    /** Answers with what calls no tool, read to its end. */
    ChatAnswer run(ChatMessage question) {
        ChatAnswer answer = conversation.send(question, turn(tools.choice()));
        while (true) {
            answer.deltas().forEach(listener::onDelta);
            boolean readable = answer.formatProblem().isEmpty();
            if (answer.toolCalls().isEmpty() && readable) {
                return inTime(answer);
            }
            if (cancelled || answer.finishReason() == FinishReason.CANCELLED) {
                return giveUp(answer, "the conversation was cancelled before this call was made");
            }
            requireRoom(answer);
            if (!readable) {
                answer = conversation.send(complaint(answer), turn(ToolChoice.auto()));
            } else {
                List<ToolResult> results = results(answer);
                if (results.isEmpty()) {
                    return giveUp(answer, "the call was cancelled");
                }
                answer = conversation.sendResults(results, turn(ToolChoice.auto()));
            }
        }
    }

    private ChatAnswer inTime(ChatAnswer answer) {
        Duration left = left();
        if (answer.finishReason() == FinishReason.STOP_CRITERION && left != null && left.isZero()) {
            throw new ToolLimitException(
                    "the answer took longer than " + tools.maxTime() + " (maxTime); raise it, or ask for less");
        }
        return answer;
    }

    private static ChatMessage complaint(ChatAnswer answer) {
        String problem = answer.formatProblem().map(Throwable::getMessage).orElse("");
        return ChatMessage.user(
                "Your last answer cannot be read: " + problem + ". Write it again, in the right format.");
    }

    /** The results of all calls; empty when they were cancelled. */
    private List<ToolResult> results(ChatAnswer answer) {
        List<ToolCall> asked = answer.toolCalls();
        calls += asked.size();
        List<ToolResult> results;
        try (ToolRun run = tools.start(asked, atLeastSome(left()))) {
            running = run;
            if (cancelled) {
                run.cancel();
            }
            results = run.results();
        } catch (CancellationException e) {
            return List.of();
        } catch (Throwable e) {
            giveUp(answer, "the call failed: " + e);
            throw e;
        } finally {
            running = null;
        }
        for (int i = 0; i < results.size(); i++) {
            listener.onResult(asked.get(i), results.get(i));
        }
        return results;
    }

    /** Gives every call of the answer the same result, so that the conversation stays whole. */
    private ChatAnswer giveUp(ChatAnswer answer, String why) {
        conversation.addResults(answer.toolCalls().stream()
                .map(call -> ToolResult.error(call, why))
                .toList());
        return answer;
    }

    private void requireRoom(ChatAnswer answer) {
        int all = calls + answer.toolCalls().size();
        Duration left = left();
        String limit = null;
        if (rounds++ >= tools.maxRounds()) {
            limit = "more than " + tools.maxRounds() + " times (maxRounds)";
        } else if (all > tools.maxCalls()) {
            limit = all + " in all, more than " + tools.maxCalls() + " (maxCalls)";
        } else if (left != null && left.isZero()) {
            limit = "for longer than " + tools.maxTime() + " (maxTime)";
        }
        if (limit != null) {
            giveUp(answer, "the call was not made: there were too many");
            throw new ToolLimitException("the model goes on calling tools, " + limit
                    + "; raise the limit, or ask again: the conversation has what was found so far");
        }
    }

    /** The time that is left, zero or more; null when there is no limit. */
    private @Nullable Duration left() {
        Duration most = tools.maxTime();
        if (most == null) {
            return null;
        }
        Duration left = most.minusNanos(System.nanoTime() - begin);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static @Nullable Duration atLeastSome(@Nullable Duration left) {
        return left == null || !left.isZero() ? left : Duration.ofNanos(1);
    }

    private Turn turn(ToolChoice choice) {
        Turn next = turn.with(new ToolUse(tools.definitions(), choice, tools.parallel() ? null : Boolean.FALSE));
        Duration left = atLeastSome(left());
        if (left == null) {
            return next;
        }
        List<StoppingCriterion> criteria = new ArrayList<>(next.generation().stoppingCriteria());
        criteria.add(StoppingCriterion.maxTime(left));
        return next.overriddenBy(
                GenerationOptions.builder().stoppingCriteria(criteria).build());
    }

    /** Ends the calls that are running, and the loop. Any thread. */
    void cancel() {
        cancelled = true;
        ToolRun run = running;
        if (run != null) {
            run.cancel();
        }
    }
}
