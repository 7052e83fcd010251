package dev.tokapu.tool;

import static dev.tokapu.tool.ToolCases.call;
import static dev.tokapu.tool.ToolCases.calls;
import static dev.tokapu.tool.ToolCases.echo;
import static dev.tokapu.tool.ToolCases.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exceptions, refusals, and results that come later. */
@Timeout(120)
class ToolErrorsTest {

    private static Tool throwing(Throwable error) {
        return tool("bad", arguments -> {
            if (error instanceof Exception exception) {
                throw exception;
            }
            throw (Error) error;
        });
    }

    private static ToolResult runBad(Throwable error) {
        return Tools.of(throwing(error)).run(calls("bad")).get(0);
    }

    @Test
    void run_exception_isItsMessageForTheModel() {
        assertThat(runBad(new IOException("no disk"))).isEqualTo(ToolResult.error(call("bad"), "no disk"));
        assertThat(runBad(new IllegalStateException()))
                .isEqualTo(ToolResult.error(call("bad"), "bad failed: IllegalStateException"));
        assertThat(runBad(new AssertionError("odd")).text()).isEqualTo("odd");
        assertThat(runBad(new StackOverflowError()).text()).isEqualTo("bad failed: StackOverflowError");
        assertThat(runBad(new InterruptedException("mine")).text()).isEqualTo("mine");
        assertThat(runBad(new CancellationException("mine")).text()).isEqualTo("mine");
        assertThat(runBad(new InvocationTargetException(new CompletionException(new IOException("inner"))))
                        .text())
                .isEqualTo("inner");
    }

    @Test
    void run_bodyThatRecursesForEver_isAnErrorForTheModel() {
        assertThat(Tools.of(tool("deep", ToolErrorsTest::recurse))
                        .run(calls("deep"))
                        .get(0))
                .isEqualTo(ToolResult.error(call("deep"), "deep failed: StackOverflowError"));
    }

    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static String recurse(String text) {
        return recurse(text + "x") + "x";
    }

    @Test
    void run_errorOfTheJvm_goesToTheCaller() {
        Error error = new OutOfMemoryError("not really");
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> runBad(error))
                .isSameAs(error);
        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> runBad(new NoClassDefFoundError("some.Class")));
    }

    @Test
    void onError_text_isWhatTheModelReads() {
        Tools tools = Tools.builder()
                .add(throwing(new IOException("secret path")))
                .onError((call, error) -> call.name() + ": " + error.getClass().getSimpleName())
                .build();
        assertThat(tools.run(calls("bad")).get(0).text()).isEqualTo("bad: IOException");
    }

    @Test
    void onError_thatThrows_endsTheRun() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        IllegalStateException stop = new IllegalStateException("stop");
        Tool slow = tool("slow", arguments -> {
            try {
                begun.countDown();
                new CountDownLatch(1).await();
                return "";
            } finally {
                interrupted.countDown();
            }
        });
        Tool bad = tool("bad", arguments -> {
            begun.await();
            throw new IOException();
        });
        Tools tools = Tools.builder()
                .add(slow, bad)
                .onError((call, error) -> {
                    throw stop;
                })
                .build();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> tools.run(calls("slow", "bad")))
                .isSameAs(stop);
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void onError_withoutText_isTheCallersMistake() {
        Tools tools = Tools.builder()
                .add(throwing(new IOException()))
                .onError((call, error) -> null)
                .build();
        assertThatNullPointerException()
                .isThrownBy(() -> tools.run(calls("bad")))
                .withMessageContaining("onError");
    }

    @Test
    void approval_refusal_isItsReasonForTheModelAndRunsNothing() {
        AtomicInteger ran = new AtomicInteger();
        Tool counting = tool("delete", arguments -> "" + ran.incrementAndGet());
        Tools tools = Tools.builder()
                .add(counting, echo("read"))
                .approval(call -> call.name().equals("delete")
                        ? ToolApproval.Decision.refuse("the user said no")
                        : ToolApproval.Decision.approve())
                .build();
        List<ToolResult> results = tools.run(calls("delete", "read", "unknown"));
        assertThat(results.get(0))
                .isEqualTo(ToolResult.error(call("delete"), "the call was refused: the user said no"));
        assertThat(results.get(1).isError()).isFalse();
        assertThat(results.get(2).text()).startsWith("there is no tool");
        assertThat(ran).hasValue(0);
    }

    @Test
    void approval_ofToolAndOfAll_areAskedOneAfterTheOther() {
        StringBuilder asked = new StringBuilder();
        Tool own = echo("a").withApproval(call -> {
            asked.append("own ").append(call.id()).append(' ');
            return ToolApproval.Decision.approve();
        });
        Tools tools = Tools.builder()
                .add(own)
                .approval(call -> {
                    asked.append("all ").append(call.id()).append(' ');
                    return ToolApproval.Decision.approve();
                })
                .build();
        List<ToolCall> calls =
                List.of(new ToolCall("1", "a", "{}"), new ToolCall("2", "a", "no JSON"), new ToolCall("3", "a", "{}"));
        assertThat(tools.run(calls)).extracting(ToolResult::isError).containsExactly(false, true, false);
        assertThat(asked).hasToString("own 1 all 1 own 3 all 3 ");
    }

    @Test
    void approval_thatThrows_endsTheRun() {
        AtomicInteger ran = new AtomicInteger();
        Tool counting = tool("a", arguments -> "" + ran.incrementAndGet());
        for (RuntimeException error : List.of(new IllegalStateException("x"), new CancellationException("x"))) {
            Tools tools = Tools.of(counting.withApproval(call -> {
                throw error;
            }));
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> tools.run(calls("a", "a")))
                    .isInstanceOf(error.getClass());
        }
        assertThat(ran).hasValue(0);
    }

    @Test
    void approval_thatInterruptsItsThread_doesNotHang() {
        Tool endless = tool("endless", arguments -> {
            new CountDownLatch(1).await();
            return "";
        });
        Tools tools = Tools.builder()
                .add(endless)
                .parallel(false)
                .approval(call -> {
                    Thread.currentThread().interrupt();
                    return ToolApproval.Decision.approve();
                })
                .build();
        assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> tools.run(calls("endless")));
    }

    @Test
    void cancel_whileTheApprovalWaits_interruptsIt() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Tool tool = echo("a").withApproval(call -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return ToolApproval.Decision.approve();
        });
        ToolRun run = Tools.of(tool).start(calls("a"), null);
        asked.await();
        run.cancel();
        assertThatExceptionOfType(CancellationException.class).isThrownBy(run::results);
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void async_stage_isAwaited() {
        CompletableFuture<String> later = new CompletableFuture<>();
        Tool waiting = Tool.async(new ToolDefinition("a", "", ToolCases.ANY), arguments -> later);
        Tool completing = tool("b", arguments -> "" + later.complete("late"));
        assertThat(Tools.of(waiting, completing).run(calls("a", "b")))
                .extracting(ToolResult::text)
                .containsExactly("late", "true");
        Tool minimal = Tool.async(
                new ToolDefinition("a", "", ToolCases.ANY),
                arguments -> CompletableFuture.completedFuture("x").minimalCompletionStage());
        assertThat(Tools.of(minimal).run(calls("a")).get(0).text()).isEqualTo("x");
    }

    @Test
    void async_stageThatFails_isAnErrorForTheModel() {
        Tool failing = Tool.async(
                new ToolDefinition("a", "", ToolCases.ANY),
                arguments -> CompletableFuture.<String>failedFuture(new IOException("no disk"))
                        .thenApply(text -> text));
        assertThat(Tools.of(failing).run(calls("a"))).containsExactly(ToolResult.error(call("a"), "no disk"));
    }

    @Test
    void async_timeout_cancelsTheStage() {
        CompletableFuture<String> never = new CompletableFuture<>();
        Tool tool = Tool.async(new ToolDefinition("a", "", ToolCases.ANY), arguments -> never)
                .withTimeout(Duration.ofMillis(20));
        assertThat(Tools.of(tool).run(calls("a")).get(0).isError()).isTrue();
        assertThat(never.handle((text, error) -> error).join()).isInstanceOf(CancellationException.class);
    }
}
