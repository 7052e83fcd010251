package dev.tokapu.engine.run;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A step of an engine, as Flight Recorder shows it; its thread tells the engine. */
@Name("tokapu.EngineStep")
@Label("Engine Step")
@Category({"Tokapu", "Engine"})
@Description("One step of the model: tokens that generate and prompt tokens beside them")
@StackTrace(false)
final class EngineStepEvent extends Event {

    @Label("Generating")
    @Description("Answers that generated")
    int generating;

    @Label("Prompt Tokens")
    int promptTokens;

    @Label("Draft")
    @Description("Drafting with a draft model")
    @Timespan(Timespan.NANOSECONDS)
    long draft;

    @Label("Plan")
    @Description("Planning and building the batch, with copies")
    @Timespan(Timespan.NANOSECONDS)
    long plan;

    @Label("Saved")
    @Description("Copying sequences of the KV cache to host memory, a part of Plan")
    @Timespan(Timespan.NANOSECONDS)
    long saved;

    @Label("Restored")
    @Description("Copying sequences back from host memory, a part of Plan")
    @Timespan(Timespan.NANOSECONDS)
    long restored;

    @Label("Decode")
    @Timespan(Timespan.NANOSECONDS)
    long decode;

    @Label("Sample")
    @Timespan(Timespan.NANOSECONDS)
    long sample;

    @Label("Deliver")
    @Description("Handing tokens on")
    @Timespan(Timespan.NANOSECONDS)
    long deliver;
}
