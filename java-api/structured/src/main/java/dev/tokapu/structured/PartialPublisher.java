package dev.tokapu.structured;

import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A publisher of pieces of text as a publisher of partial values: the demand goes through to the pieces, and a piece that
 * changes nothing is replaced by one more.
 *
 * <p>Thread safety: safe, as the publisher of the pieces.
 */
final class PartialPublisher<T> implements Flow.Publisher<PartialValue<T>> {

    private final TypeMapping mapping;
    private final Flow.Publisher<String> pieces;

    PartialPublisher(TypeMapping mapping, Flow.Publisher<String> pieces) {
        this.mapping = mapping;
        this.pieces = pieces;
    }

    @Override
    public void subscribe(Flow.@Nullable Subscriber<? super PartialValue<T>> subscriber) {
        if (subscriber == null) {
            throw new NullPointerException("subscriber");
        }
        pieces.subscribe(new Pieces<>(new PartialReader<T>(mapping), subscriber));
    }

    /** Called in the thread of the publisher of the pieces. */
    private static final class Pieces<T> implements Flow.Subscriber<String> {

        private final PartialReader<T> reader;
        private final Flow.Subscriber<? super PartialValue<T>> subscriber;
        private Flow.@Nullable Subscription subscription;

        Pieces(PartialReader<T> reader, Flow.Subscriber<? super PartialValue<T>> subscriber) {
            this.reader = reader;
            this.subscriber = subscriber;
        }

        @Override
        public void onSubscribe(Flow.Subscription pieces) {
            subscription = pieces;
            subscriber.onSubscribe(pieces);
        }

        @Override
        public void onNext(String piece) {
            PartialValue<T> partial = reader.append(piece);
            if (partial != null) {
                subscriber.onNext(partial);
            } else if (subscription != null) {
                subscription.request(1);
            }
        }

        @Override
        public void onError(Throwable e) {
            subscriber.onError(e);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
        }
    }
}
