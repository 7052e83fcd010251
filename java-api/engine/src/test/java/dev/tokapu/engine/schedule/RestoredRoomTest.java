package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.Harness.State;
import dev.tokapu.internal.util.IntList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The room that a saved prefix takes in a unified KV cache of 64 cells while it is restored. */
class RestoredRoomTest {

    private static final int PROMPT = 20;

    private final PrefixScope scope = new PrefixScope("", "tenant");
    private final Harness harness = new Harness(SchedulerConfig.builder(3, 64, 64)
            .kvTokens(64)
            .shared(true)
            .queue(100)
            .agingNanos(1_000_000)
            .prefixCache(3, 4, true)
            .host(1 << 20, false)
            .build());
    private int ids;
    private int preempted;

    RestoredRoomTest() {
        harness.prefillTokens = 64;
        harness.tellsTokens = true;
    }

    private static int[] text(int token, int length) {
        int[] text = new int[length];
        Arrays.fill(text, token);
        return text;
    }

    private void save(int token, int length) {
        IntList tokens = new IntList();
        tokens.addAll(text(token, length));
        assertThat(harness.scheduler.tiers().add(scope, tokens, length, new State(length)))
                .isTrue();
    }

    private ScheduledRequest<String> offer(int token, int prompt, int answer) {
        ScheduledRequest<String> request = ScheduledRequest.builder(ids++)
                .time(ids, Long.MAX_VALUE)
                .maxTokens(answer)
                .prefix(scope, text(token, prompt))
                .build("");
        assertThat(harness.scheduler.offer(request)).isNull();
        return request;
    }

    private void step() {
        harness.step();
        preempted += harness.plan.preempted().size();
    }

    /** Steps until a request has ended, with copies that nobody answers. */
    private void end(ScheduledRequest<String> request) {
        for (int i = 0; !request.isEnded(); i++) {
            assertThat(i).as("steps of request " + request.id()).isLessThan(100);
            step();
        }
    }

    @Test
    void savedPrefix_withMoreTokensThanThePrompt_takesNoCellsThatOthersReserved() {
        save(2, 40);
        ScheduledRequest<String> answer = offer(1, 4, 30);
        step();
        ScheduledRequest<String> prompt = offer(2, PROMPT, 4); // 34 and 24 cells fit, 34 and 40 do not
        end(answer);
        end(prompt);
        assertThat(preempted).isZero();
    }

    @Test
    void answerThatOutgrowsWhatWasExpected_besideARestore_getsTheCellsOfWhatIsKept() {
        for (int i = 0; i < 8; i++) {
            end(offer(9, 4, 1));
        }
        end(offer(3, PROMPT, 1));
        step();
        assertThat(harness.scheduler.kept().cells()).isEqualTo(PROMPT);
        save(2, 24);
        ScheduledRequest<String> answer = offer(1, 4, 30);
        step();
        ScheduledRequest<String> restored = offer(2, PROMPT, 8);
        end(answer); // 33 cells and 24, and 20 that are kept
        assertThat(restored.phase).isEqualTo(Phase.RESTORING);
        assertThat(preempted).isZero();
    }
}
