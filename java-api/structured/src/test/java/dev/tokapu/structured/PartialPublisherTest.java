package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PartialPublisherTest {

    record Point(int x, int y) {}

    private static PartialPublisher<Point> publisher(Flow.Publisher<String> pieces) {
        return new PartialPublisher<>(StructuredType.of(Point.class).mapping(), pieces);
    }

    @Test
    void request_one_skipsPiecesThatChangeNothing() throws Exception {
        try (SubmissionPublisher<String> pieces = new SubmissionPublisher<>()) {
            PartialValues<Point> subscriber = new PartialValues<>();
            publisher(pieces).subscribe(subscriber);
            List.of("{", " ", "\n", "\"x\"", ": 1", ", ", "\"y\": 2", "}").forEach(pieces::submit);
            subscriber.subscription().request(1);
            assertThat(data(subscriber.signal())).isEqualTo(Map.of());
            subscriber.subscription().request(1);
            assertThat(data(subscriber.signal())).isEqualTo(Map.of("x", 1L));
        }
    }

    private static Object data(Object signal) {
        return ((PartialValue<?>) signal).data();
    }

    @Test
    void pieces_fail_isAnErrorOfTheValues() throws Exception {
        SubmissionPublisher<String> pieces = new SubmissionPublisher<>();
        PartialValues<Point> subscriber = new PartialValues<>();
        publisher(pieces).subscribe(subscriber);
        subscriber.subscription().request(1);
        pieces.closeExceptionally(new IllegalStateException("broken"));
        assertThat(subscriber.signal()).isEqualTo("error broken");
    }

    @Test
    void subscribe_null_isRefused() {
        try (SubmissionPublisher<String> pieces = new SubmissionPublisher<>()) {
            assertThatNullPointerException().isThrownBy(() -> publisher(pieces).subscribe(null));
        }
    }
}
