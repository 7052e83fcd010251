package dev.tokapu.engine.run;

import java.time.Duration;

/**
 * What is told to a recorder outside of the engine; this one tells nobody.
 *
 * <p>Thread safety: {@link #stepBegins} and {@link #stepEnds} are for the engine's thread, the others for all.
 */
public class EngineEvents {

    /** For Flight Recorder where the runtime has it: neither every Java image nor Android does. */
    public static EngineEvents of(String engine) {
        try {
            Class.forName("jdk.jfr.Event", false, EngineEvents.class.getClassLoader());
            return new FlightEvents(engine);
        } catch (ClassNotFoundException | LinkageError e) {
            return new EngineEvents();
        }
    }

    public void stepBegins() {}

    public void stepEnds(int generating, int promptTokens, StepTimings timings) {}

    public void requestEnds(RequestEnd request) {}

    public void hangs(Duration since, StackTraceElement[] stack) {}
}
