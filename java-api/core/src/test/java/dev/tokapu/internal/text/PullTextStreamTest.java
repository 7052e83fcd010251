package dev.tokapu.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.StoppingCriterion;
import dev.tokapu.text.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PullTextStreamTest {

    private final List<PullTextStream> ended = new ArrayList<>();

    private PullTextStream stream(FakeSource source, int maxTokens, String... stops) {
        return stream(source, new ThreadGuard("test"), options(maxTokens).stops(stops));
    }

    private PullTextStream stream(FakeSource source, ThreadGuard guard, GenerationOptions.Builder options) {
        return new PullTextStream(source, guard, options.build(), null, ended::add);
    }

    private static GenerationOptions.Builder options(int maxTokens) {
        return GenerationOptions.builder().maxTokens(maxTokens);
    }

    private PullTextStream stream(FakeSource source) {
        return stream(source, Integer.MAX_VALUE);
    }

    @Test
    void text_modelEnds_isEverythingBeforeTheEndToken() {
        PullTextStream stream = stream(FakeSource.of("Hel", "lo", "", " world"));
        assertThat(stream.text()).isEqualTo("Hello world");
        assertThat(stream.finishReason()).isEqualTo(FinishReason.STOP_TOKEN);
        assertThat(stream.usage()).isEqualTo(new Usage(3, 1, 4));
        assertThat(stream.tokens()).containsExactly(0, 1, 2, 3);
        assertThat(stream.text()).isEqualTo("Hello world");
        assertThat(ended).containsExactly(stream);
    }

    @Test
    void iterator_givesPiecesAsTheyCome() {
        List<String> pieces = new ArrayList<>();
        stream(FakeSource.of("Hel", "lo", "", " world")).forEach(pieces::add);
        assertThat(pieces).containsExactly("Hel", "lo", " world");
    }

    @Test
    void iterator_atTheEnd_throwsNoSuchElement() {
        Iterator<String> iterator = stream(FakeSource.of("a")).iterator();
        assertThat(iterator.next()).isEqualTo("a");
        assertThat(iterator.hasNext()).isFalse();
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(iterator::next);
    }

    @Test
    void iterator_askedTwice_throws() {
        PullTextStream stream = stream(FakeSource.of("a"));
        assertThat(stream.iterator()).isNotNull();
        assertThatIllegalStateException().isThrownBy(stream::iterator).withMessageContaining("read once");
        assertThatIllegalStateException().isThrownBy(stream::publisher);
    }

    @Test
    void forEach_break_decodesNothingMore() {
        FakeSource source = FakeSource.of("a", "b", "c", "d");
        PullTextStream stream = stream(source);
        for (String piece : stream) {
            if (piece.equals("b")) {
                break;
            }
        }
        assertThat(source.decoded()).isEqualTo(2);
        stream.close();
        assertThat(stream.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(source.decoded()).isEqualTo(2);
        assertThat(ended).containsExactly(stream);
    }

    @Test
    void stream_limited_decodesNothingMore() {
        FakeSource source = FakeSource.of("a", "b", "c", "d");
        PullTextStream tokens = stream(source);
        try (Stream<String> pieces = tokens.stream()) {
            assertThat(pieces.limit(2)).containsExactly("a", "b");
        }
        assertThat(source.decoded()).isEqualTo(2);
        assertThat(tokens.isFinished()).isTrue();
    }

    @Test
    void text_characterSplitOverTokens_hasNoReplacement() {
        FakeSource source = new FakeSource();
        for (byte b : "\u4e2d\ud83d\udc69\u200d\ud83d\udcbb".getBytes(StandardCharsets.UTF_8)) {
            source.pieces.add(new byte[] {b});
        }
        List<String> pieces = new ArrayList<>();
        stream(source).forEach(pieces::add);
        assertThat(pieces).containsExactly("\u4e2d", "\ud83d\udc69", "\u200d", "\ud83d\udcbb");
    }

    @Test
    void text_endsInsideCharacter_hasOneReplacement() {
        FakeSource source = FakeSource.of("a");
        source.pieces.add(new byte[] {(byte) 0xF0, (byte) 0x9F});
        assertThat(stream(source).text()).isEqualTo("a\ufffd");
    }

    @Test
    void text_stopOverTokens_endsBeforeIt() {
        FakeSource source = FakeSource.of("a E", "N", "D", "x");
        PullTextStream stream = stream(source, 100, "END");
        List<String> pieces = new ArrayList<>();
        stream.forEach(pieces::add);
        assertThat(pieces).containsExactly("a ");
        assertThat(stream.finishReason()).isEqualTo(FinishReason.STOP_TEXT);
        assertThat(source.decoded()).isEqualTo(3);
    }

    @Test
    void text_endsWithHalfAStop_keepsIt() {
        assertThat(stream(FakeSource.of("a E", "N"), 100, "END").text()).isEqualTo("a EN");
    }

    @Test
    void text_maxTokens_endsThere() {
        FakeSource source = FakeSource.of("a", "b", "c");
        PullTextStream stream = stream(source, 2);
        assertThat(stream.text()).isEqualTo("ab");
        assertThat(stream.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
        assertThat(source.decoded()).isEqualTo(2);
        assertThat(stream(FakeSource.of("a"), 0).text()).isEmpty();
    }

    @Test
    void text_contextFull_endsThere() {
        FakeSource source = FakeSource.of("a", "b", "c");
        source.room = 2;
        PullTextStream stream = stream(source);
        assertThat(stream.text()).isEqualTo("ab");
        assertThat(stream.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
    }

    @Test
    void cancel_whileReading_endsAtTheNextToken() {
        FakeSource source = FakeSource.of("a");
        source.endless = true;
        PullTextStream stream = stream(source);
        Iterator<String> iterator = stream.iterator();
        iterator.next();
        stream.cancel();
        assertThat(iterator.hasNext()).isFalse();
        assertThat(stream.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(source.decoded()).isEqualTo(1);
    }

    @Test
    void next_sourceFails_throwsAndStaysFailed() {
        FakeSource source = FakeSource.of("a", "b");
        source.failAt = 1;
        PullTextStream stream = stream(source);
        Iterator<String> iterator = stream.iterator();
        iterator.next();
        assertThatIllegalStateException().isThrownBy(iterator::hasNext).withMessage("broken");
        assertThatIllegalStateException().isThrownBy(iterator::hasNext).withMessageContaining("broken");
        assertThatIllegalStateException().isThrownBy(stream::finishReason).withMessageContaining("failed");
        assertThat(ended).containsExactly(stream);
    }

    @Test
    void finishReason_whileRunning_throws() {
        assertThatIllegalStateException().isThrownBy(stream(FakeSource.of("a"))::finishReason);
    }

    @Test
    void pull_secondThreadInside_throws() throws Exception {
        ThreadGuard guard = new ThreadGuard("ChatSession");
        PullTextStream stream = stream(FakeSource.of("a"), guard, options(9));
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread other = new Thread(
                () -> {
                    guard.enter();
                    inside.countDown();
                    await(done);
                    guard.leave();
                },
                "other");
        other.start();
        await(inside);
        assertThatIllegalStateException()
                .isThrownBy(stream::text)
                .withMessageContaining("ChatSession is in use by thread 'other'");
        done.countDown();
        other.join();
        assertThat(stream.text()).isEqualTo("a");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void timings_afterText_arePlausible() throws Exception {
        PullTextStream stream = stream(FakeSource.of("a", "b", "c"));
        CompletableFuture.runAsync(stream::text).get();
        assertThat(stream.timings().generationMillis()).isPositive();
        assertThat(stream.timings().firstTokenMillis()).isPositive();
        assertThat(stream.timings().tokensPerSecond()).isPositive();
        assertThat(stream.timings().promptTokensPerSecond()).isPositive();
    }

    private PullTextStream stopping(FakeSource source, StoppingCriterion... criteria) {
        return stream(source, new ThreadGuard("test"), options(99).stops("STOP").stoppingCriteria(criteria));
    }

    @Test
    void criteria_met_endTheTextAfterTheToken() {
        PullTextStream byToken = stopping(FakeSource.of("a", "b", "c", "d"), StoppingCriterion.tokens(7, 2));
        assertThat(byToken.text()).isEqualTo("abc");
        assertThat(byToken.finishReason()).isEqualTo(FinishReason.STOP_CRITERION);
        assertThat(byToken.tokens()).containsExactly(0, 1, 2);

        assertThat(stopping(FakeSource.of("a", "b!", "c"), StoppingCriterion.text("b!"))
                        .text())
                .isEqualTo("ab!");
        assertThat(stopping(FakeSource.of("a1", "2", "3b"), StoppingCriterion.matches(Pattern.compile("\\d{2}")))
                        .text())
                .isEqualTo("a12");
        assertThat(stopping(FakeSource.of("a", "b", "c"), soFar -> soFar.size() == 2)
                        .text())
                .isEqualTo("ab");
        assertThat(stopping(FakeSource.of("a", "b"), StoppingCriterion.maxTime(Duration.ZERO))
                        .text())
                .isEmpty();
    }

    @Test
    void criteria_notMet_changeNothing() {
        PullTextStream stream = stopping(
                FakeSource.of("a", "b"), StoppingCriterion.maxTime(Duration.ofHours(1)), StoppingCriterion.tokens());
        assertThat(stream.text()).isEqualTo("ab");
        assertThat(stream.finishReason()).isEqualTo(FinishReason.STOP_TOKEN);
    }

    @Test
    void criteria_seeHeldBackText_andItIsReleased() {
        List<String> seen = new ArrayList<>();
        PullTextStream stream = stopping(FakeSource.of("x", "ST", "y"), soFar -> {
            seen.add(soFar.text().toString());
            return soFar.text().toString().endsWith("ST");
        });
        assertThat(stream.text()).isEqualTo("xST");
        assertThat(seen).containsExactly("x", "xST");
    }

    @Test
    void criteria_thatThrow_reachTheReader() {
        PullTextStream stream = stopping(FakeSource.of("x", "y"), soFar -> {
            throw new UnsupportedOperationException("mine");
        });
        assertThatThrownBy(stream::text).isInstanceOf(UnsupportedOperationException.class);
        assertThat(ended).hasSize(1);
    }

    @Test
    void logProbabilities_areReportedForEachToken() {
        FakeSource source = FakeSource.of("a", "b");
        PullTextStream stream =
                stream(source, new ThreadGuard("test"), options(9).logProbabilities(3));
        assertThat(stream.text()).isEqualTo("ab");
        assertThat(source.keepsLogits).isTrue();
        assertThat(stream.logProbabilities())
                .extracting(alternatives -> alternatives.chosen().token())
                .containsExactly(0, 1);
        assertThat(stopping(FakeSource.of("a")).logProbabilities()).isEmpty();
    }
}
