package dev.tokapu.engine;

import java.time.Duration;

/**
 * What is told to a recorder outside of the engine; this one tells nobody.
 *
 * <p>Thread safety: {@link #stepBegins} and {@link #stepEnds} are for the engine's thread, the others for all.
 */
class EngineEvents {

    /** For Flight Recorder where the runtime has it: neither every Java image nor Android does. */
    static EngineEvents of(String engine) {
        try {
            Class.forName("jdk.jfr.Event", false, EngineEvents.class.getClassLoader());
            return new FlightEvents(engine);
        } catch (ClassNotFoundException | LinkageError e) {
            return new EngineEvents();
        }
    }

    void stepBegins() {}

    void stepEnds(int generating, int promptTokens, long plan, long decode, long sample, long deliver) {}

    void requestEnds(FinishedRequest request) {}

    void hangs(Duration since, StackTraceElement[] stack) {}
}
