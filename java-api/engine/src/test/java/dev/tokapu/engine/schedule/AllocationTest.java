package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static long allocated() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @Test
    void steadyState_steps_allocateNothing() {
        int tokens = 1_000_000;
        Harness harness = new Harness(SchedulerConfig.builder(16, tokens, 64)
                .queue(100)
                .agingNanos(1_000)
                .groupSteps(3)
                .build());
        for (int id = 1; id <= 6; id++) {
            harness.offer(request(id)
                    .group(id % 2)
                    .tenant(id % 3)
                    .max(tokens / 2)
                    .branches(2)
                    .deadline(Long.MAX_VALUE - 1));
        }
        harness.offer(request(7).prompt(tokens / 2));
        harness.offer(request(8).prompt(tokens / 2));
        harness.offer(request(9).prompt(tokens / 2));
        harness.offer(request(10).prompt(tokens / 2).branches(4));
        for (int i = 0; i < 20_000; i++) {
            steadyStep(harness);
        }
        long before = allocated();
        for (int i = 0; i < 10_000; i++) {
            steadyStep(harness);
        }
        assertThat(allocated() - before).as("bytes in 10000 steps").isLessThan(4096);
        assertThat(harness.scheduler.queued()).isEqualTo(1);
        assertThat(harness.plan.decodeEntries()).isPositive();
    }

    private static void steadyStep(Harness harness) {
        harness.now++;
        harness.plan();
        for (int i = 0; i < harness.plan.decodeEntries(); i++) {
            harness.plan.entries().get(i).sequence().drafts(i % 3);
        }
        harness.compute();
    }
}
