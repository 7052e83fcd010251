package dev.tokapu.engine.run;

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
    public void stepBegins() {
        step.begin();
    }

    @Override
    public void stepEnds(int generating, int promptTokens, StepTimings timings) {
        step.end();
        if (step.shouldCommit()) {
            step.generating = generating;
            step.promptTokens = promptTokens;
            step.draft = timings.draft();
            step.plan = timings.plan();
            step.saved = timings.saved();
            step.restored = timings.restored();
            step.decode = timings.decode();
            step.sample = timings.sample();
            step.deliver = timings.deliver();
            step.commit();
        }
    }

    @Override
    public void requestEnds(RequestEnd request) {
        EngineRequestEvent event = new EngineRequestEvent();
        if (!event.shouldCommit()) {
            return;
        }
        event.engine = engine;
        event.operation = request.operation();
        event.id = request.id();
        event.answer = request.answer();
        event.tenant = request.tenant();
        event.priority = request.priority();
        Usage usage = request.usage();
        event.promptTokens = usage.promptTokens();
        event.cachedTokens = usage.cachedTokens();
        event.generatedTokens = usage.generatedTokens();
        event.draftedTokens = usage.draftedTokens();
        event.acceptedTokens = usage.acceptedTokens();
        event.outcome = request.outcome();
        event.reason = request.reason() == null ? null : request.reason().name();
        event.queue = request.queue();
        event.firstToken = request.firstToken();
        event.total = request.total();
        event.commit();
    }

    @Override
    public void hangs(Duration since, StackTraceElement[] stack) {
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
