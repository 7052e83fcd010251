package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupTest {

    private final Harness harness = new Harness();

    private List<Integer> groupsOf(int steps) {
        List<Integer> groups = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            groups.add(harness.step().group());
        }
        return groups;
    }

    @Test
    void group_step_holdsOneGroupOnly() {
        harness.offer(request(1).group(7));
        harness.offer(request(2).group(8));
        harness.plan();
        assertThat(harness.plan.group()).isEqualTo(7);
        assertThat(harness.entries()).containsExactly("p1/0@0+4");
    }

    @Test
    void group_alone_staysAsLongAsItHasWork() {
        harness.offer(request(1).group(7).max(10));
        assertThat(groupsOf(10)).containsOnly(7);
    }

    @Test
    void group_anotherWaits_yieldsAfterItsSteps() {
        harness.offer(request(1).group(7).max(30));
        harness.offer(request(2).group(8).max(30));
        harness.offer(request(3).group(9).max(30));
        assertThat(groupsOf(10)).containsExactly(7, 7, 7, 8, 8, 8, 9, 9, 9, 7);
    }

    @Test
    void group_withoutWork_yieldsAtOnce() {
        harness.offer(request(1).group(7).max(2));
        harness.offer(request(2).group(8).max(30));
        assertThat(groupsOf(4)).containsExactly(7, 7, 8, 8);
    }

    @Test
    void group_moreSequencesThanTokens_rotatesInEachGroup() {
        Harness narrow = new Harness(SchedulerConfig.builder(6, 64, 2)
                .queue(100)
                .agingNanos(1_000_000)
                .groupSteps(1)
                .build());
        ScheduledRequest<String> first =
                narrow.offer(request(1).prompt(1).max(40).branches(3).group(7));
        ScheduledRequest<String> second =
                narrow.offer(request(2).prompt(1).max(40).branches(3).group(8));
        for (int i = 0; i < 60; i++) {
            narrow.step();
        }
        for (int branch = 0; branch < 3; branch++) {
            assertThat(first.sequence(branch).generated()).isBetween(19, 21);
            assertThat(second.sequence(branch).generated()).isBetween(19, 21);
        }
    }

    @Test
    void group_othersComeAndGo_keepsItsPlaceInLine() {
        Harness roomy = new Harness(SchedulerConfig.builder(8, 64, 16)
                .queue(100)
                .agingNanos(1_000_000)
                .groupSteps(1)
                .build());
        long id = 1;
        roomy.offer(request(id).group(100).max(60));
        roomy.step();
        ScheduledRequest<String> waits = roomy.offer(request(++id).group(0).max(60));
        for (int i = 0; i < 40; i++) {
            roomy.offer(request(++id).group(1 + i % 2).max(1));
            roomy.step();
        }
        assertThat(waits.sequence(0).generated()).isGreaterThan(5);
    }

    @Test
    void activation_promptChangesItsGroup_andSharesWhatIsBefore() {
        Harness cached = new Harness(SchedulerConfig.builder(4, 64, 16)
                .queue(10)
                .shared(true)
                .kvTokens(256)
                .groupSteps(3)
                .prefixCache(4, 1, true)
                .build());
        int[] prompt = IntStream.range(0, 30).toArray();
        PrefixScope scope = new PrefixScope(7, "tenant");
        cached.prefillTokens = 16;
        ScheduledRequest<String> first = cached.offer(
                request(1).group(7).activation(20, 8).prefix(scope, prompt).max(3));
        List<Integer> groups = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            groups.add(cached.step().group());
        }
        assertThat(groups).containsExactly(7, 7, 8, 8, 8);
        assertThat(first.isEnded()).isTrue();
        ScheduledRequest<String> plain =
                cached.offer(request(2).group(7).prefix(scope, prompt).max(1));
        ScheduledRequest<String> again = cached.offer(
                request(3).group(7).activation(20, 8).prefix(scope, prompt).max(1));
        cached.runToEnd(plain);
        cached.runToEnd(again);
        assertThat(plain.cachedTokens()).isEqualTo(20);
        assertThat(again.cachedTokens()).isEqualTo(20);
    }
}
