package dev.tokapu.server.generate;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.FinishedRequest.Operation;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.PrefillProgress;
import dev.tokapu.engine.Prompt;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.RequestTimings;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.SerialTask;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers to a call while they are generated. They are handed on as they grow, without a thread for each: by the thread that made the
 * text, or by one of a pool where that takes long, and at their end. While the client takes nothing they are paused. A client that goes away
 * ends them.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");
    private static final long QUICK_NANOS = 500_000; // other answers of the thread wait so long

    private final Call call;
    private final List<AnswerParts> parts;
    private final List<AnswerParts> open;
    private final int promptTokens;
    private final int interval; // tokens between events
    private final SerialTask pump;
    private AnswerSink sink = new Nobody();
    private boolean paused; // of the pump
    private boolean done;
    private volatile boolean quick; // whether handing on took no longer the last time

    private Answers(Call call, List<AnswerParts> parts, int promptTokens, Service service) {
        this.call = call;
        this.parts = List.copyOf(parts);
        this.open = new ArrayList<>(parts);
        this.promptTokens = promptTokens;
        this.interval = service.streamInterval();
        this.pump = new SerialTask(service.workers().answers(), this::pump);
    }

    /**
     * Has answers generated.
     *
     * @param call whose they are
     * @param engine the engine
     * @param requests what is asked for, at least one
     * @param service whose threads hand them on, and how often
     * @return the answers to all requests, in order; {@link #sendTo} must follow
     * @throws ProblemException when a request is refused
     */
    public static Answers submit(Call call, Engine engine, List<Request> requests, Service service) {
        List<AnswerParts> parts = new ArrayList<>();
        int promptTokens = 0;
        boolean chats = requests.get(0).prompt() instanceof Prompt.Chat;
        call.work().begins((chats ? Operation.CHAT : Operation.TEXT_COMPLETION).tag());
        try {
            for (Request request : requests) {
                boolean chat = request.prompt() instanceof Prompt.Chat;
                Generation first = submit(engine, request);
                promptTokens += first.usage().promptTokens();
                for (Generation answer : first.answers()) {
                    parts.add(new AnswerParts(parts.size(), answer, chat));
                }
            }
        } catch (RuntimeException e) {
            parts.forEach(AnswerParts::cancel);
            throw e;
        }
        Answers answers = new Answers(call, parts, promptTokens, service);
        call.work().submitted();
        call.submitted(answers::usage);
        call.exchange().onClosed(answers::cancel);
        return answers;
    }

    private static Generation submit(Engine engine, Request request) {
        try {
            return engine.submit(request);
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            throw new ProblemException(Problem.of(Problem.Kind.INVALID, String.valueOf(e.getMessage())), e);
        } catch (IllegalStateException e) {
            throw new ProblemException(
                    Problem.of(Problem.Kind.UNAVAILABLE, "the model is no longer served")
                            .withCode("closing"),
                    e);
        }
    }

    /** Hands the answers on from now on. */
    public void sendTo(AnswerSink value) {
        sink = value;
        parts.forEach(answer -> answer.onProgress(() -> progressed(answer)));
    }

    /** On the thread that made the text. The end is for the pool: it writes logs. */
    private void progressed(AnswerParts answer) {
        if (answer.isFinished()) {
            pump.signal();
        } else if (sink.wantsParts() && answer.isDue(interval)) {
            if (quick) {
                pump.signalHere();
            } else {
                pump.signal();
            }
        }
    }

    /** Goes on after the sink wanted no more. */
    public void resume() {
        pump.signal();
    }

    /** Ends them all within a step. */
    public void cancel() {
        parts.forEach(AnswerParts::cancel);
    }

    /** {@return all of them} */
    public List<AnswerParts> all() {
        return parts;
    }

    /** {@return the tokens that all of them have taken so far; each prompt counts once} */
    public Usage usage() {
        Usage sum = Usage.NONE;
        IdentityHashMap<Request, Integer> cached = new IdentityHashMap<>();
        for (AnswerParts answer : parts) {
            Usage one = answer.usage();
            sum = sum.plus(one);
            cached.merge(answer.request(), one.cachedTokens(), Math::max);
        }
        return new Usage(
                promptTokens,
                cached.values().stream().mapToInt(Integer::intValue).sum(),
                sum.generatedTokens(),
                sum.draftedTokens(),
                sum.acceptedTokens(),
                sum.reasoningTokens());
    }

    private void pump() {
        if (done) {
            return;
        }
        long begin = System.nanoTime();
        try {
            for (AnswerParts answer : List.copyOf(open)) {
                if (pauses(!sink.wantsMore())) {
                    return;
                }
                advance(answer);
            }
            if (open.isEmpty()) {
                done = true;
                call.work()
                        .ended(
                                parts.stream().map(AnswerParts::finishReason).toList(),
                                parts.stream()
                                        .map(AnswerParts::timings)
                                        .max(Comparator.comparing(RequestTimings::total))
                                        .orElseThrow());
                call.used(usage());
                sink.completed();
            }
        } catch (Throwable e) { // of the engine, or of what writes
            done = true;
            fail(e);
        } finally {
            quick = System.nanoTime() - begin < QUICK_NANOS;
        }
    }

    /** The engine computes nothing that the client does not take. */
    private boolean pauses(boolean full) {
        if (full != paused) {
            paused = full;
            open.forEach(answer -> answer.pause(full));
        }
        return full;
    }

    private void advance(AnswerParts answer) {
        boolean ended = answer.isFinished();
        tellPrefill(answer);
        List<AnswerDelta> deltas = ended || !sink.wantsParts() || answer.isDue(interval) ? answer.poll() : List.of();
        if (!deltas.isEmpty()) {
            sink.more(answer, deltas);
        }
        if (ended) {
            open.remove(answer);
            if (answer.text().finishReason() == FinishReason.CANCELLED && !call.isClosed()) {
                throw new ProblemException(
                        Problem.of(Problem.Kind.UNAVAILABLE, "the answer was ended because the server closes")
                                .withCode("closing"));
            }
            if (open.isEmpty()) {
                call.work().completes();
            }
            sink.ended(answer);
        }
    }

    private void tellPrefill(AnswerParts answer) {
        if (!sink.wantsPrefill()) {
            return;
        }
        PrefillProgress progress = answer.pollPrefill();
        while (progress != null) {
            sink.prefilled(answer, progress);
            progress = answer.pollPrefill();
        }
    }

    private void fail(Throwable failure) {
        cancel();
        try {
            sink.failed(failure);
        } catch (RuntimeException e) {
            LOG.warn("Request {} could not be told of its failure", call.id(), e);
        }
    }

    /** Until somebody listens. */
    private static final class Nobody implements AnswerSink {

        @Override
        public boolean wantsMore() {
            return false;
        }

        @Override
        public void more(AnswerParts answer, List<AnswerDelta> deltas) {}

        @Override
        public void ended(AnswerParts answer) {}

        @Override
        public void completed() {}

        @Override
        public void failed(Throwable failure) {}
    }
}
