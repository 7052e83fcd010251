package dev.tokapu.engine;

import dev.tokapu.text.Usage;
import java.time.Duration;

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
    void requestEnds(FinishedRequest request) {
        EngineRequestEvent event = new EngineRequestEvent();
        if (!event.shouldCommit()) {
            return;
        }
        event.engine = engine;
        event.operation = request.operation().tag();
        event.id = request.id();
        event.answer = request.answer();
        event.tenant = request.tenant().hashCode();
        event.priority = request.priority();
        Usage usage = request.usage();
        event.promptTokens = usage.promptTokens();
        event.generatedTokens = usage.generatedTokens();
        event.draftedTokens = usage.draftedTokens();
        event.acceptedTokens = usage.acceptedTokens();
        event.outcome = request.outcome().name();
        event.reason =
                request.finishReason() == null ? null : request.finishReason().name();
        event.queue = request.timings().queue().toNanos();
        event.firstToken = request.timings().firstToken().toNanos();
        event.total = request.timings().total().toNanos();
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
