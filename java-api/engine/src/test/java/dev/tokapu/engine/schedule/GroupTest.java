package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
}
