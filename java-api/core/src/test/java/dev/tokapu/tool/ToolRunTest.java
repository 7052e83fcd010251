package dev.tokapu.tool;

import static dev.tokapu.tool.ToolCases.call;
import static dev.tokapu.tool.ToolCases.calls;
import static dev.tokapu.tool.ToolCases.echo;
import static dev.tokapu.tool.ToolCases.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Parallel calls, limits of time, cancel: what runs when, and what is stopped. */
@Timeout(120)
class ToolRunTest {

    private static final Duration SOON = Duration.ofMillis(20);

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    /** Runs until it is interrupted. */
    private Tool endless(String name) {
        return tool(name, arguments -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
                return "never";
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
    }

    private void assertInterrupted() throws InterruptedException {
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void run_parallelCalls_runAtTheSameTimeAndComeInTheirOrder() {
        CyclicBarrier all = new CyclicBarrier(3);
        CountDownLatch lastIsDone = new CountDownLatch(1);
        Tools tools = Tools.of(
                tool("a", arguments -> {
                    all.await();
                    lastIsDone.await();
                    return "A";
                }),
                tool("b", arguments -> {
                    all.await();
                    return "B";
                }),
                tool("c", arguments -> {
                    all.await();
                    lastIsDone.countDown();
                    return "C";
                }));
        assertThat(tools.run(calls("a", "b", "c"))).extracting(ToolResult::text).containsExactly("A", "B", "C");
    }

    @Test
    void run_sameToolSeveralTimes_keepsTheCallsApart() {
        List<ToolCall> calls = List.of(
                new ToolCall("1", "echo", "{\"n\":1}"),
                new ToolCall("2", "echo", "{\"n\":2}"),
                new ToolCall("3", "none", "{}"),
                new ToolCall("4", "echo", "{\"n\":4}"));
        List<ToolResult> results = Tools.of(echo("echo")).run(calls);
        assertThat(results).extracting(ToolResult::callId).containsExactly("1", "2", "3", "4");
        assertThat(results).extracting(ToolResult::isError).containsExactly(false, false, true, false);
        assertThat(results.get(3).text()).isEqualTo("echo {\"n\":4}");
    }

    @Test
    void run_notParallel_runsOneAfterTheOther() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        StringBuilder order = new StringBuilder();
        Tool tool = tool("a", arguments -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            order.append(arguments);
            Thread.sleep(2);
            running.decrementAndGet();
            return "";
        });
        List<ToolCall> calls = List.of(
                new ToolCall("", "a", "{\"n\":1}"),
                new ToolCall("", "a", "{\"n\":2}"),
                new ToolCall("", "a", "{\"n\":3}"));
        Tools.builder().add(tool).parallel(false).build().run(calls);
        assertThat(most).hasValue(1);
        assertThat(order).hasToString("{\"n\":1}{\"n\":2}{\"n\":3}");
    }

    @Test
    void run_timeout_isAnErrorAndInterruptsTheBody() throws InterruptedException {
        Tools tools = Tools.of(endless("slow").withTimeout(SOON), echo("fast"));
        List<ToolResult> results = tools.run(calls("slow", "fast"));
        assertThat(results.get(0).isError()).isTrue();
        assertThat(results.get(0).text()).isEqualTo("slow was not done within 20 ms and was stopped");
        assertThat(results.get(1).text()).isEqualTo("fast {}");
        assertInterrupted();
    }

    @Test
    void run_timeoutOfAllTools_holdsWhereAToolHasNone() throws InterruptedException {
        Tools tools = Tools.builder().add(endless("slow")).timeout(SOON).build();
        assertThat(tools.run(calls("slow")).get(0).text()).contains("20 ms");
        assertInterrupted();
    }

    @Test
    void run_bodyThatIgnoresItsInterrupt_isLeftBehind() {
        CountDownLatch end = new CountDownLatch(1);
        Tool deaf = tool("deaf", arguments -> {
            for (boolean ended = false; !ended; ) {
                try {
                    end.await();
                    ended = true;
                } catch (InterruptedException e) {
                    begun.countDown();
                }
            }
            return "too late";
        });
        assertThat(Tools.of(deaf.withTimeout(SOON)).run(calls("deaf")).get(0).isError())
                .isTrue();
        end.countDown();
    }

    @Test
    void results_deadline_isAnErrorOfTheCallsThatAreNotDone() throws InterruptedException {
        Tools tools = Tools.builder()
                .add(endless("slow"), echo("next"))
                .parallel(false)
                .build();
        try (ToolRun run = tools.start(calls("slow", "next"), SOON)) {
            assertThat(run.results())
                    .allMatch(ToolResult::isError)
                    .extracting(ToolResult::text)
                    .containsOnly("the call was not done when the time was up")
                    .hasSize(2);
            assertThat(run.isDone()).isTrue();
        }
        if (begun.getCount() == 0) {
            assertInterrupted();
        }
    }

    @Test
    void results_beforeTheDeadline_areThoseOfTheBodies() {
        try (ToolRun run = Tools.of(echo("fast")).start(calls("fast", "fast"), Duration.ofDays(400_000))) {
            assertThat(run.results()).extracting(ToolResult::text).containsExactly("fast {}", "fast {}");
        }
    }

    @Test
    void cancel_otherThread_endsTheWaitAndTheBodies() throws InterruptedException {
        ToolRun run = Tools.of(endless("slow")).start(calls("slow"), null);
        begun.await();
        assertThat(run.isDone()).isFalse();
        Thread other = new Thread(run::cancel);
        other.start();
        assertThatExceptionOfType(CancellationException.class).isThrownBy(run::results);
        other.join();
        assertInterrupted();
    }

    @Test
    void cancel_notParallel_beginsNoFurtherCall() throws InterruptedException {
        AtomicInteger further = new AtomicInteger();
        Tool next = tool("next", arguments -> "" + further.incrementAndGet());
        Tools tools = Tools.builder().add(endless("slow"), next).parallel(false).build();
        ToolRun run = tools.start(calls("slow", "next"), null);
        begun.await();
        run.close();
        run.close();
        assertInterrupted();
        assertThatExceptionOfType(CancellationException.class).isThrownBy(run::results);
        assertThat(further).hasValue(0);
    }

    @Test
    void run_interrupt_endsTheWaitAndTheBodies() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> status = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                Tools.of(endless("slow")).run(calls("slow"));
            } catch (CancellationException e) {
                thrown.set(e);
                status.set(Thread.currentThread().isInterrupted());
            }
        });
        waiting.start();
        begun.await();
        waiting.interrupt();
        waiting.join();
        assertThat(thrown.get()).hasMessageContaining("interrupted");
        assertThat(status.get()).isTrue();
        assertInterrupted();
    }

    @Test
    void close_afterTheResults_changesNothing() {
        Set<Boolean> interrupts = ConcurrentHashMap.newKeySet();
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Tools tools = Tools.builder()
                    .add(tool(
                            "a",
                            arguments ->
                                    "" + interrupts.add(Thread.currentThread().isInterrupted())))
                    .executor(one)
                    .build();
            for (int i = 0; i < 200; i++) {
                tools.run(calls("a", "a"));
            }
        } finally {
            one.shutdown();
        }
        assertThat(interrupts).containsExactly(false);
    }

    @Test
    void run_defaultThreads_areDaemonsThatEnd() throws InterruptedException {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Tool tool = tool("a", arguments -> "" + threads.add(Thread.currentThread()));
        Tools.of(tool).run(calls("a", "a"));
        assertThat(threads).hasSize(2).allMatch(Thread::isDaemon);
        for (Thread thread : threads) {
            thread.join(60_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void run_contextClassLoader_isThatOfTheCaller() {
        ClassLoader own = new ClassLoader() {};
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        AtomicReference<ClassLoader> seen = new AtomicReference<>();
        Tool tool = tool("a", arguments -> {
            seen.set(Thread.currentThread().getContextClassLoader());
            return "";
        });
        thread.setContextClassLoader(own);
        try {
            Tools.of(tool).run(calls("a"));
        } finally {
            thread.setContextClassLoader(before);
        }
        assertThat(seen).hasValue(own);
    }

    @Test
    void run_executor_runsTheBodies() {
        Thread here = Thread.currentThread();
        Tools tools = Tools.builder()
                .add(tool("a", arguments -> "" + (Thread.currentThread() == here)))
                .executor(Runnable::run)
                .build();
        assertThat(tools.run(calls("a", "a"))).extracting(ToolResult::text).containsExactly("true", "true");
    }

    @Test
    void run_executorThatRefuses_isTheCallersException() throws InterruptedException {
        AtomicInteger taken = new AtomicInteger();
        Tools tools = Tools.builder()
                .add(endless("slow"), echo("a"))
                .executor(task -> {
                    if (taken.getAndIncrement() > 0) {
                        throw new RejectedExecutionException("full");
                    }
                    new Thread(task).start();
                })
                .build();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> tools.run(List.of(call("slow"), call("a"))))
                .withMessage("full");
        if (begun.getCount() == 0) {
            assertInterrupted();
        }
    }
}
