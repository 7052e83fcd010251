package dev.tokapu.engine.run;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A step that takes too long, as Flight Recorder shows it. */
@Name("tokapu.EngineHang")
@Label("Engine Hang")
@Category({"Tokapu", "Engine"})
@Description("A step of an engine takes longer than EngineOptions.watchdog")
@StackTrace(false)
final class EngineHangEvent extends Event {

    @Label("Engine")
    @Nullable
    String engine;

    @Label("Since")
    @Description("How long the step has taken so far")
    @Timespan(Timespan.NANOSECONDS)
    long since;

    @Label("Stack")
    @Description("Where the engine's thread is")
    @Nullable
    String stack;
}
