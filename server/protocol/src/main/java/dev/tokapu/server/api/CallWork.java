package dev.tokapu.server.api;

import dev.tokapu.engine.RequestTimings;
import dev.tokapu.server.problem.Problem;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is asked for by a call, and what became of it; neither prompts nor answers.
 *
 * <p>Thread safety: immutable.
 *
 * @param operation {@code chat}, {@code text_completion} or {@code embeddings}; null while nothing is asked of an engine
 * @param model the model as the call names it; null where it names none
 * @param responseId the id of the response, of APIs that have one
 * @param streamed whether the answer is a stream
 * @param preparation from the arrival of the call until it was submitted to the engine
 * @param finishReasons why its answers ended, in order
 * @param timings where the time of its longest answer went, from its submission; null while none has ended
 * @param problem what went wrong; null for nothing
 * @since 0.1
 */
public record CallWork(
        @Nullable String operation,
        @Nullable String model,
        @Nullable String responseId,
        boolean streamed,
        Duration preparation,
        List<String> finishReasons,
        @Nullable RequestTimings timings,
        @Nullable Problem problem) {

    /**
     * What is known so far.
     *
     * <p>Thread safety: safe.
     *
     * @since 0.1
     */
    public static final class Progress {

        private final long start;
        private volatile @Nullable String operation;
        private volatile @Nullable String model;
        private volatile @Nullable String responseId;
        private volatile boolean streamed;
        private volatile Duration preparation = Duration.ZERO;
        private volatile List<String> finishReasons = List.of();
        private volatile @Nullable RequestTimings timings;
        private volatile @Nullable Problem problem;
        private volatile boolean complete;

        Progress(long start) {
            this.start = start;
        }

        void asksFor(@Nullable String name) {
            model = name;
        }

        /** An engine is about to be asked. */
        public void begins(String what) {
            submitted();
            operation = what;
        }

        /** The engine has it. */
        public void submitted() {
            preparation = Duration.ofNanos(System.nanoTime() - start);
        }

        /** Its response has an id. */
        public void hasId(String id) {
            responseId = id;
        }

        void streams() {
            streamed = true;
        }

        /** Nothing is left to do but to send the last events, which many clients leave with; those of a stream wait for its end. */
        public void completes() {
            complete = true;
        }

        boolean isComplete() {
            return complete;
        }

        /** All answers have ended. */
        public void ended(List<String> reasons, RequestTimings longest) {
            finishReasons = List.copyOf(reasons);
            timings = longest;
        }

        void failed(Problem what) {
            problem = what;
        }

        CallWork soFar() {
            return new CallWork(operation, model, responseId, streamed, preparation, finishReasons, timings, problem);
        }
    }
}
