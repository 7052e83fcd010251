package dev.tokapu.internal.text;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TextReader} as a publisher for one subscriber. A daemon thread reads it, as far as the subscriber has requested
 * and no further.
 *
 * <p>Thread safety: safe.
 */
public final class StreamPublisher implements Flow.Publisher<String> {

    private static final AtomicInteger THREADS = new AtomicInteger();

    private final TextReader stream;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    /**
     * Creates it.
     *
     * @param stream the text
     */
    public StreamPublisher(TextReader stream) {
        this.stream = stream;
    }

    @Override
    public void subscribe(Flow.@Nullable Subscriber<? super String> subscriber) {
        if (subscriber == null) {
            throw new NullPointerException("subscriber");
        }
        if (subscribed.compareAndSet(false, true)) {
            Worker worker = new Worker(stream, subscriber);
            Thread thread = new Thread(worker, "tokapu-stream-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            thread.start();
        } else {
            subscriber.onSubscribe(new Refused());
            subscriber.onError(new IllegalStateException("the stream has a subscriber already; it can be read once"));
        }
    }

    private static final class Refused implements Flow.Subscription {

        @Override
        public void request(long n) {
            // There is nothing to send.
        }

        @Override
        public void cancel() {
            // There is nothing to cancel.
        }
    }

    /** Calls the subscriber, from its own thread only, so that the signals are serial. */
    private static final class Worker implements Runnable, Flow.Subscription {

        private final TextReader stream;
        private final Flow.Subscriber<? super String> subscriber;
        private final Object lock = new Object();
        private long demand;
        private boolean cancelled;
        private @Nullable IllegalArgumentException badRequest;

        Worker(TextReader stream, Flow.Subscriber<? super String> subscriber) {
            this.stream = stream;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            synchronized (lock) {
                if (n <= 0 && badRequest == null) {
                    badRequest = new IllegalArgumentException("request(" + n + "); it must be above 0");
                } else if (n > 0) {
                    demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
                }
                lock.notifyAll();
            }
        }

        @Override
        public void cancel() {
            synchronized (lock) {
                cancelled = true;
                lock.notifyAll();
            }
            stream.cancel();
        }

        @Override
        public void run() {
            Throwable problem = null;
            boolean complete = false;
            try (stream) {
                complete = publish();
            } catch (Throwable e) {
                problem = e; // whatever went wrong belongs to the subscriber
            }
            // The stream has been left: who is told of its end may use it in another thread.
            if (problem != null && !isCancelled()) {
                subscriber.onError(problem);
            } else if (complete) {
                subscriber.onComplete();
            }
            if (problem instanceof VirtualMachineError error) {
                throw error; // errors of the machine go on as well
            }
        }

        /** Sends what is asked for; whether the stream came to its end. */
        private boolean publish() throws InterruptedException {
            subscriber.onSubscribe(this);
            while (awaitDemand()) {
                String text = stream.pull();
                if (isCancelled()) {
                    return false;
                }
                if (text == null) {
                    return true;
                }
                subscriber.onNext(text);
            }
            return false;
        }

        /** Waits for a request and takes one from it; false when the subscription is over. */
        private boolean awaitDemand() throws InterruptedException {
            synchronized (lock) {
                while (demand == 0 && !cancelled && badRequest == null && !stream.isFinished()) {
                    lock.wait(100);
                }
                if (badRequest != null && !cancelled) {
                    throw badRequest;
                }
                if (demand > 0 && demand != Long.MAX_VALUE) {
                    demand--;
                }
                return !cancelled;
            }
        }

        private boolean isCancelled() {
            synchronized (lock) {
                return cancelled;
            }
        }
    }
}
