package dev.tokapu.benchmarks.integration;

import dev.tokapu.engine.Answer;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Request;
import dev.tokapu.kotlin.EnginesKt;
import java.util.ArrayList;
import java.util.List;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.flow.FlowKt;

/** Requests through coroutines. */
final class KotlinRequests {

    private KotlinRequests() {}

    static String answer(Engine engine, Request request) {
        return KotlinRequests.<Answer>blocking((scope, continuation) -> EnginesKt.answer(engine, request, continuation))
                .text();
    }

    static String stream(Engine engine, Request request) {
        List<? extends String> parts = KotlinRequests.<List<? extends String>>blocking((scope, continuation) ->
                FlowKt.toList(EnginesKt.stream(engine, request), new ArrayList<String>(), continuation));
        return String.join("", parts);
    }

    private static <T> T blocking(Function2<CoroutineScope, Continuation<? super T>, Object> block) {
        try {
            return BuildersKt.runBlocking(EmptyCoroutineContext.INSTANCE, block);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
