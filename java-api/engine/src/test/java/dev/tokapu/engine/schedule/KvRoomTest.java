package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.Harness.State;
import dev.tokapu.internal.util.IntList;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Who gets which room of a unified KV cache of 64 cells, part of which is restored, pinned, or an answer's that is paused. */
class KvRoomTest {

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

    KvRoomTest() {
        harness.prefillTokens = 64;
        harness.tellsTokens = true;
    }

    private static int[] text(int token, int length) {
        int[] text = new int[length];
        Arrays.fill(text, token);
        return text;
    }

    /** A text of token 1 as long as a prompt, and of token 2 from there on. */
    private static int[] longer(int length) {
        int[] text = text(1, length);
        Arrays.fill(text, PROMPT, length, 2);
        return text;
    }

    private void save(int[] text) {
        IntList tokens = new IntList();
        tokens.addAll(text);
        assertThat(harness.scheduler.tiers().add(scope, tokens, text.length, new State(text.length)))
                .isTrue();
    }

    private ScheduledRequest<String> offer(int token, int prompt, int answer) {
        return offer(text(token, prompt), answer);
    }

    private ScheduledRequest<String> offer(int[] prompt, int answer) {
        ScheduledRequest<String> request = ScheduledRequest.builder(ids++)
                .time(ids, Long.MAX_VALUE)
                .maxTokens(answer)
                .prefix(scope, prompt)
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
        save(text(2, 40));
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
        save(text(2, 24));
        ScheduledRequest<String> answer = offer(1, 4, 30);
        step();
        ScheduledRequest<String> restored = offer(2, PROMPT, 8);
        end(answer); // 33 cells and 24, and 20 that are kept
        assertThat(restored.phase).isEqualTo(Phase.RESTORING);
        assertThat(preempted).isZero();
    }

    /** 19 of its 30 tokens are in the KV cache, 29 in host memory. */
    @Test
    void prompt_thatFitsWithWhatIsInTheKvCache_doesNotWaitForRoomForARestore() {
        ScheduledRequest<String> live = offer(1, PROMPT, 20);
        step();
        save(longer(30));
        end(offer(longer(30), 4)); // 40 cells and 34, or 40 and 14
        assertThat(live.isEnded()).isFalse();
    }

    @Test
    void endOfARestore_letsTheNextRequestIn() {
        save(text(2, 40));
        ScheduledRequest<String> restored = offer(2, PROMPT, 20);
        step();
        assertThat(restored.phase).isEqualTo(Phase.RESTORING);
        ScheduledRequest<String> next = offer(3, 4, 10); // 60 cells and 14, then 40 and 14
        step();
        assertThat(next.isQueued()).isTrue();
        SavedPrefix saved = Objects.requireNonNull(restored.lookup.restored);
        harness.scheduler.tiers().restored(restored.sequence(0).slot(), saved, true);
        step();
        assertThat(next.isQueued()).isFalse();
        assertThat(restored.isEnded()).isFalse();
    }

    @Test
    void answerThatIsPaused_makesRoomForOneThatGoesOn() {
        for (int i = 0; i < 8; i++) {
            end(offer(9, 4, 1));
        }
        ScheduledRequest<String> paused = offer(1, PROMPT, 40);
        for (int i = 0; i < 30; i++) {
            step();
        }
        harness.scheduler.pause(paused.id(), 0, true);
        end(offer(2, 4, 30)); // 50 cells and 34
        assertThat(preempted).isPositive();
        harness.scheduler.pause(paused.id(), 0, false);
        end(paused);
    }

    @Test
    void unpinnedSequence_makesRoomForARequestThatWaits() {
        ScheduledRequest<String> pinned = ScheduledRequest.builder(ids++)
                .promptOnly(true)
                .pins(true)
                .prefix(scope, text(1, 30))
                .build("");
        assertThat(harness.scheduler.offer(pinned)).isNull();
        end(pinned);
        ScheduledRequest<String> live = offer(2, 4, 20);
        step();
        ScheduledRequest<String> waiting = offer(3, 4, 20); // 30 cells, 24 and 24
        step();
        assertThat(waiting.isQueued()).isTrue();
        long serial = Objects.requireNonNull(harness.scheduler.kept().get(0)).serial();
        assertThat(harness.scheduler.kept().pin(serial, false)).isTrue();
        step();
        assertThat(harness.scheduler.awaitingSaves())
                .as("its turn, once what is in its way is saved")
                .isEqualTo(1);
        assertThat(live.isEnded()).isFalse();
    }

    @Test
    void requestThatFits_goesBeforeOneWithMoreInTheCacheThatDoesNot() {
        ScheduledRequest<String> live = offer(1, PROMPT, 20);
        step();
        ScheduledRequest<String> first = offer(3, 4, 10); // 40 cells and 14
        ScheduledRequest<String> cached = offer(longer(50), 10); // 40 cells and 40
        step();
        assertThat(first.isQueued()).isFalse();
        assertThat(cached.isQueued()).isTrue();
        assertThat(live.isEnded()).isFalse();
    }
}
