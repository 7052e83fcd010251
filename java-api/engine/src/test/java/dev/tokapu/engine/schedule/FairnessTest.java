package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What tenants get when they all want more than there is, and that nobody waits for ever. */
class FairnessTest {

    private final Harness harness = new Harness(SchedulerConfig.builder(4, 64, 16)
            .queue(1000)
            .agingNanos(1_000_000_000)
            .groupSteps(3)
            .build());

    private Map<Object, Long> serve(int steps) {
        Map<Object, Long> served = new HashMap<>();
        for (int i = 0; i < steps; i++) {
            harness.step();
            for (int entry = 0; entry < harness.plan.entries().size(); entry++) {
                served.merge(
                        harness.plan.entries().get(entry).request().tenant(),
                        (long) harness.plan.entries().get(entry).count(),
                        Long::sum);
            }
        }
        return served;
    }

    @Test
    void tenants_oneAsksTenTimesAsOften_bothGetTheSame() {
        long id = 0;
        for (int i = 0; i < 40; i++) {
            for (int k = 0; k < 10; k++) {
                harness.offer(request(++id).tenant(1).arrival(0));
            }
            harness.offer(request(++id).tenant(2).prompt(30).max(30).arrival(0));
        }
        Map<Object, Long> served = serve(300);
        assertThat(served.get(1) - served.get(2)).isBetween(-4L * 64, 4L * 64);
    }

    @Test
    void tenants_namesWithEqualHashes_areTwo() {
        assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
        long id = 0;
        for (int i = 0; i < 40; i++) {
            for (int k = 0; k < 10; k++) {
                harness.offer(request(++id).tenant("Aa").arrival(0));
            }
            harness.offer(request(++id).tenant("BB").prompt(30).max(30).arrival(0));
        }
        Map<Object, Long> served = serve(300);
        assertThat(served.get("Aa") - served.get("BB")).isBetween(-4L * 64, 4L * 64);
    }

    @Test
    void tenants_oneArrivesLate_getsTheSameFromThenOn() {
        for (int i = 0; i < 200; i++) {
            harness.offer(request(i).tenant(1).arrival(0));
        }
        serve(100);
        for (int i = 200; i < 400; i++) {
            harness.offer(request(i).tenant(2).arrival(0));
        }
        Map<Object, Long> served = serve(100);
        assertThat(served.get(1) - served.get(2)).isBetween(-4L * 64, 4L * 64);
    }

    @Test
    void priorities_steadyHigherOnes_lowestIsAdmittedWhenItAged() {
        Harness busy = new Harness(SchedulerConfig.builder(1, 64, 16)
                .queue(1000)
                .agingNanos(1000)
                .groupSteps(3)
                .build());
        ScheduledRequest<String> low = busy.offer(request(1).priority(-2).arrival(busy.now));
        long aged = low.arrival() + 2 * 1000;
        List<ScheduledRequest<String>> late = new ArrayList<>();
        for (long id = 2; low.isQueued(); id++) {
            ScheduledRequest<String> high = busy.offer(request(id).arrival(busy.now));
            if (high.arrival() >= aged) {
                late.add(high);
            }
            busy.step();
            busy.now += 100;
        }
        assertThat(late).isNotEmpty().allMatch(ScheduledRequest::isQueued);
    }

    @Test
    void tenants_thatNeverReturn_areForgotten() {
        Tenants tenants = new Tenants();
        ScheduledRequest<String> stays = request(0).tenant(-1).make();
        tenants.enter(stays);
        for (int i = 1; i <= 10_000; i++) {
            ScheduledRequest<String> visit = request(i).tenant(i).make();
            tenants.enter(visit);
            tenants.serve(Tenant.of(visit), 5);
            tenants.serve(Tenant.of(stays), 10);
            tenants.leave(visit);
        }
        assertThat(tenants.size()).isLessThan(300);
    }
}
