package dev.tokapu.benchmarks;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.RejectReason;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledRequestBuilder;
import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.engine.schedule.SchedulerConfig;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a step costs the scheduler, beside what the model takes, with a long queue: 64 answers of some 64 tokens generate, and each that
 * ends is followed by a request of the queue and a new one behind it, with a deadline. Prompts differ from each other, or all begin
 * alike; the prefix cache is on.
 *
 * <pre>benchmarks/run.py jmh SchedulerBenchmark</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls fill() first
public class SchedulerBenchmark {

    private static final int SLOTS = 64;
    private static final int SEQUENCE_TOKENS = 1024;
    private static final int BATCH_TOKENS = 512;
    private static final int PROMPT = 300;
    private static final int ALIKE = 256;
    private static final int PROMPTS = 1000;
    private static final int ANSWER = 64;
    private static final long STEP_NANOS = 20_000_000;
    private static final Object NO_ADAPTERS = new Object();

    /** Requests in the queue. */
    @Param({"100", "10000", "1000000"})
    public int waiting;

    /** Whom they come from. */
    @Param({"1", "100", "10000"})
    public int tenants;

    /** What they have in common. */
    @Param({"different", "alike"})
    public String prompts;

    private final SplittableRandom random = new SplittableRandom(1);
    private final Plan<String> plan = new Plan<>();
    private final int[][] tokens = new int[PROMPTS][PROMPT];
    private Scheduler<String> scheduler;
    private long ids;
    private long now;

    /** Fills the queue. */
    @Setup(Level.Trial)
    public void fill() {
        for (int i = 0; i < PROMPTS; i++) {
            for (int j = 0; j < PROMPT; j++) {
                tokens[i][j] = prompts.equals("alike") && j < ALIKE ? j : random.nextInt();
            }
        }
        scheduler = new Scheduler<>(SchedulerConfig.builder(SLOTS, SEQUENCE_TOKENS, BATCH_TOKENS)
                .prefixCache(2 * SLOTS, 16, true)
                .shared(true)
                .queue(waiting + SLOTS)
                .agingNanos(TimeUnit.SECONDS.toNanos(10))
                .build());
        while (scheduler.queued() < waiting) {
            offer();
        }
    }

    private void offer() {
        Object tenant = random.nextInt(tenants);
        ScheduledRequestBuilder request = ScheduledRequest.builder(++ids)
                .tenant(tenant)
                .priority(random.nextInt(3))
                .time(now, now + TimeUnit.DAYS.toNanos(1) + random.nextInt())
                .prefix(new PrefixScope(NO_ADAPTERS, tenant), tokens[random.nextInt(PROMPTS)])
                .maxTokens(1 + random.nextInt(2 * ANSWER));
        RejectReason reason = scheduler.offer(request.build(""));
        if (reason != null) {
            throw new IllegalStateException("refused: " + reason);
        }
    }

    /**
     * A step.
     *
     * @return what it computes, in tokens
     */
    @Benchmark
    public int step() {
        now += STEP_NANOS;
        while (scheduler.queued() < waiting) {
            offer();
        }
        scheduler.plan(now, BATCH_TOKENS, plan);
        if (plan.entries().isEmpty()) {
            return 0;
        }
        scheduler.decoded(plan);
        for (PlanEntry<String> entry : plan.entries()) {
            ScheduledSequence<String> sequence = entry.sequence();
            if (!entry.isPrefill() || entry.isLast()) {
                scheduler.sampled(sequence, 1, false);
            }
        }
        return plan.tokens();
    }
}
