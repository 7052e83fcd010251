package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteResponse;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer for one subscriber, which the engine gets when the subscriber first requests something. A thread of its own reads it, as far as the
 * subscriber has requested; while nothing more is requested, the engine computes nothing of it and keeps its place.
 *
 * <p>Thread safety: safe.
 */
final class EventSubscription implements Flow.Subscription, Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(TokapuStreamingChatModel.class);

    private final ChatCalls calls;
    private final ChatRequest request;
    private final Flow.Subscriber<? super ChatModelStreamingEvent> subscriber;
    private final Object lock = new Object();
    private volatile @Nullable StreamedAnswer answer;
    private volatile boolean over;
    private long demand;
    private @Nullable IllegalArgumentException badRequest;

    EventSubscription(
            ChatCalls calls, ChatRequest request, Flow.Subscriber<? super ChatModelStreamingEvent> subscriber) {
        this.calls = calls;
        this.request = request;
        this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
        synchronized (lock) {
            if (n > 0) {
                demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            } else if (badRequest == null) {
                badRequest = new IllegalArgumentException("request(" + n + "); it must be above 0");
            }
            lock.notifyAll();
        }
    }

    @Override
    public void cancel() {
        synchronized (lock) {
            over = true;
            lock.notifyAll();
        }
        StreamedAnswer running = answer;
        if (running != null) {
            running.cancel();
        }
    }

    @Override
    public void run() {
        try {
            subscriber.onSubscribe(this);
            publish();
        } catch (RuntimeException e) {
            drop(e);
        }
    }

    private void publish() {
        ChatResponse response;
        try {
            StreamedAnswer reading = new StreamedAnswer(Failures.mapped(() -> calls.prepare(request)));
            answer = reading;
            response = awaitDemand(reading) ? reading.read(event -> send(reading, event)) : null;
            if (response != null) {
                send(reading, new CompleteResponse(response));
            }
        } catch (RuntimeException e) {
            if (!over) {
                over = true;
                subscriber.onError(e);
            }
            return;
        }
        if (!over) {
            over = true;
            subscriber.onComplete();
        }
    }

    private void send(StreamedAnswer reading, ChatModelStreamingEvent event) {
        if (awaitDemand(reading)) {
            takeOne();
            try {
                subscriber.onNext(event);
            } catch (RuntimeException e) {
                drop(e);
            }
        }
    }

    /** A subscriber must not throw: it gets nothing more. */
    private void drop(RuntimeException thrown) {
        cancel();
        LOG.warn("A subscriber has failed, and its answer is cancelled: {}", thrown.toString(), thrown);
    }

    private void takeOne() {
        synchronized (lock) {
            if (demand != Long.MAX_VALUE) {
                demand--;
            }
        }
    }

    /** Waits until something is requested; false when the subscription is over. */
    private boolean awaitDemand(StreamedAnswer reading) {
        boolean paused = false;
        try {
            synchronized (lock) {
                while (demand == 0 && !over && badRequest == null) {
                    if (!paused) {
                        paused = true;
                        reading.pause(true);
                    }
                    lock.wait();
                }
                if (badRequest != null && !over) {
                    throw badRequest;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(e);
        } finally {
            if (paused) {
                reading.pause(false);
            }
        }
        return !over;
    }

    /** There is no thread for it. */
    void refuse(RuntimeException cause) {
        over = true;
        try {
            subscriber.onSubscribe(this);
            subscriber.onError(Failures.mapped(cause));
        } catch (RuntimeException e) {
            drop(e);
        }
    }
}
