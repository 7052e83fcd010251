package dev.tokapu.engine;

import dev.tokapu.FinishReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells Flight Recorder; while nothing is recorded that is a few empty calls a step. */
final class FlightEvents extends EngineEvents {

    private final String engine;
    private final EngineStepEvent step = new EngineStepEvent(); // the same one for all steps: a step allocates nothing

    FlightEvents(String engine) {
        this.engine = engine;
    }

    @Override
    void stepBegins() {
        step.begin();
    }

    @Override
    void stepEnds(int generating, int promptTokens, long plan, long decode, long sample, long deliver) {
        step.end();
        if (step.shouldCommit()) {
            step.generating = generating;
            step.promptTokens = promptTokens;
            step.plan = plan;
            step.decode = decode;
            step.sample = sample;
            step.deliver = deliver;
            step.commit();
        }
    }

    @Override
    void requestEnds(Generation generation, @Nullable FinishReason reason, RequestTimings timings) {
        EngineRequestEvent event = new EngineRequestEvent();
        if (!event.shouldCommit()) {
            return;
        }
        Request request = generation.request();
        event.engine = engine;
        event.id = generation.submission().id;
        event.answer = generation.branch();
        event.tenant = request.tenant().hashCode();
        event.priority = request.priority();
        event.promptTokens = generation.usage().promptTokens();
        event.generatedTokens = generation.usage().generatedTokens();
        event.reason = reason == null ? "FAILED" : reason.name();
        event.queue = timings.queue().toNanos();
        event.firstToken = timings.firstToken().toNanos();
        event.total = timings.total().toNanos();
        event.commit();
    }

    @Override
    void hangs(Duration since, StackTraceElement[] stack) {
        EngineHangEvent event = new EngineHangEvent();
        if (!event.shouldCommit()) {
            return;
        }
        event.engine = engine;
        event.since = since.toNanos();
        StringBuilder frames = new StringBuilder();
        for (StackTraceElement frame : stack) {
            frames.append(frame).append('\n');
        }
        event.stack = frames.toString();
        event.commit();
    }
}
