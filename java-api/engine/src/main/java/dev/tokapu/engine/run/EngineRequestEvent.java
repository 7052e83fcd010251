package dev.tokapu.engine.run;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The end of an answer, a score, an embedding or a warmed prefix, as Flight Recorder shows it. No text and no name of a tenant is in it. */
@Name("tokapu.EngineRequest")
@Label("Engine Request")
@Category({"Tokapu", "Engine"})
@Description("An answer, a score, an embedding or a warmed prefix of an engine ended")
@StackTrace(false)
final class EngineRequestEvent extends Event {

    @Label("Engine")
    @Nullable
    String engine;

    @Label("Operation")
    @Description("chat, text_completion, score, embeddings or prefix")
    @Nullable
    String operation;

    @Label("Request")
    long id;

    @Label("Answer")
    @Description("Which of the request's answers, from 0")
    int answer;

    @Label("Tenant")
    @Description("Hash code of the tenant's name")
    int tenant;

    @Label("Priority")
    int priority;

    @Label("Prompt Tokens")
    int promptTokens;

    @Label("Cached Tokens")
    @Description("Prompt tokens that were in the KV cache")
    int cachedTokens;

    @Label("Generated Tokens")
    int generatedTokens;

    @Label("Drafted Tokens")
    @Description("Tokens that were drafted by speculation")
    int draftedTokens;

    @Label("Accepted Tokens")
    @Description("Tokens that were drafted and right")
    int acceptedTokens;

    @Label("Outcome")
    @Description("COMPLETED, CANCELLED, EXPIRED or FAILED")
    @Nullable
    String outcome;

    @Label("Reason")
    @Description("Why an answer ended; none if it failed, and for scores and embeddings that were computed")
    @Nullable
    String reason;

    @Label("Queue")
    @Description("From submission to admission")
    @Timespan(Timespan.NANOSECONDS)
    long queue;

    @Label("First Token")
    @Description("From submission to the first token, 0 without one")
    @Timespan(Timespan.NANOSECONDS)
    long firstToken;

    @Label("Total")
    @Description("From submission to the end")
    @Timespan(Timespan.NANOSECONDS)
    long total;
}
