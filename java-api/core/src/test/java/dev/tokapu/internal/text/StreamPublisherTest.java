package dev.tokapu.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.text.GenerationOptions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class StreamPublisherTest {

    private final BlockingQueue<String> signals = new LinkedBlockingQueue<>();
    private volatile Flow.Subscription subscription;
    private volatile Thread thread;

    private final Flow.Subscriber<String> subscriber = new Flow.Subscriber<>() {
        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
            thread = Thread.currentThread();
            signals.add("subscribed");
        }

        @Override
        public void onNext(String item) {
            signals.add(item);
        }

        @Override
        public void onError(Throwable e) {
            signals.add("error " + e.getMessage());
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    };

    private static PullTextStream stream(FakeSource source) {
        return new PullTextStream(source, new ThreadGuard("test"), GenerationOptions.defaults(), null, stream -> {});
    }

    private String signal() throws InterruptedException {
        return signals.poll(5, TimeUnit.MINUTES);
    }

    @Test
    void subscribe_requestsOneByOne_getsNoMoreThanRequested() throws Exception {
        FakeSource source = FakeSource.of("a", "b", "c");
        stream(source).publisher().subscribe(subscriber);
        assertThat(signal()).isEqualTo("subscribed");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).startsWith("tokapu-stream-");
        assertThat(signals.poll(200, TimeUnit.MILLISECONDS)).isNull();
        assertThat(source.decoded()).isZero();
        subscription.request(1);
        assertThat(signal()).isEqualTo("a");
        assertThat(signals.poll(200, TimeUnit.MILLISECONDS)).isNull();
        assertThat(source.decoded()).isEqualTo(1);
        subscription.request(2);
        assertThat(signal()).isEqualTo("b");
        assertThat(signal()).isEqualTo("c");
        subscription.request(Long.MAX_VALUE);
        assertThat(signal()).isEqualTo("complete");
        thread.join();
    }

    /** A subscriber that read the rest in another thread met the one that was closing the stream. */
    @Test
    void end_isToldOnceTheStreamIsLeft() throws Exception {
        TextReader reader = new TextReader() {
            @Override
            public @Nullable String pull() {
                return null;
            }

            @Override
            public void cancel() {}

            @Override
            public boolean isFinished() {
                return true;
            }

            @Override
            public void close() {
                signals.add("closed");
            }
        };
        new StreamPublisher(reader).subscribe(subscriber);
        assertThat(signal()).isEqualTo("subscribed");
        subscription.request(1);
        assertThat(signal()).isEqualTo("closed");
        assertThat(signal()).isEqualTo("complete");
    }

    @Test
    void cancel_whileRunning_endsTheThread() throws Exception {
        FakeSource source = FakeSource.of("a");
        source.endless = true;
        PullTextStream stream = stream(source);
        stream.publisher().subscribe(subscriber);
        assertThat(signal()).isEqualTo("subscribed");
        subscription.request(1);
        assertThat(signal()).isEqualTo("a");
        subscription.cancel();
        subscription.request(5);
        thread.join();
        assertThat(signals).isEmpty();
        assertThat(source.decoded()).isEqualTo(1);
        assertThat(stream.isFinished()).isTrue();
    }

    @Test
    void request_notPositive_isAnError() throws Exception {
        stream(FakeSource.of("a")).publisher().subscribe(subscriber);
        assertThat(signal()).isEqualTo("subscribed");
        subscription.request(0);
        assertThat(signal()).startsWith("error request(0)");
        thread.join();
    }

    @Test
    void subscribe_sourceFails_isAnError() throws Exception {
        FakeSource source = FakeSource.of("a", "b");
        source.failAt = 1;
        stream(source).publisher().subscribe(subscriber);
        assertThat(signal()).isEqualTo("subscribed");
        subscription.request(10);
        assertThat(signal()).isEqualTo("a");
        assertThat(signal()).isEqualTo("error broken");
        thread.join();
        assertThat(signals).isEmpty();
    }

    @Test
    void subscribe_second_isRefused() throws Exception {
        Flow.Publisher<String> publisher = stream(FakeSource.of("a")).publisher();
        publisher.subscribe(subscriber);
        assertThat(signal()).isEqualTo("subscribed");
        Flow.Subscription first = subscription;
        publisher.subscribe(subscriber);
        assertThat(signal()).isEqualTo("subscribed");
        assertThat(signal()).startsWith("error the stream has a subscriber already");
        first.cancel();
    }

    @Test
    void close_whileWaitingForDemand_completes() throws Exception {
        PullTextStream stream = stream(FakeSource.of("a"));
        stream.publisher().subscribe(subscriber);
        assertThat(signal()).isEqualTo("subscribed");
        stream.close();
        assertThat(signal()).isEqualTo("complete");
        thread.join();
    }
}
