package dev.tokapu.kotlin

import dev.tokapu.chat.AnswerDelta
import dev.tokapu.engine.Answer
import dev.tokapu.engine.Engine
import dev.tokapu.engine.Generation
import dev.tokapu.engine.Prompt
import dev.tokapu.engine.Request
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.future.await
import java.util.concurrent.CompletableFuture

/**
 * The answer to a request. No thread waits for it; cancelling the coroutine ends the generation within a step.
 *
 * Thread safety: safe, as are all functions of engines and generations.
 *
 * @since 0.1
 * @throws IllegalArgumentException when the request wants several answers; [answers] gives all of them
 * @throws IllegalStateException when the engine is closed, also before the answer is whole
 * @throws java.util.concurrent.TimeoutException when its deadline passes
 * @throws dev.tokapu.engine.RequestRejectedException when the queue is full
 */
public suspend fun Engine.answer(request: Request): Answer {
    requireOne(request)
    return begun({ submit(request) }) { it.cancel() }.await()
}

/** All answers to a request that wants several, in order; otherwise as [answer]. */
public suspend fun Engine.answers(request: Request): List<Answer> {
    val generations = begun({ submit(request).answers() }) { all -> all.forEach { it.cancel() } }
    try {
        return generations.map { it.await() }
    } finally {
        generations.forEach { it.cancel() }
    }
}

/** The text of the answer to a request, which is submitted for each collector; otherwise as [asFlow]. */
public fun Engine.stream(request: Request): Flow<String> {
    requireOne(request)
    return streamed({ submit(request) }, { it.asFlow() })
}

/**
 * Text, thoughts and tool calls of the answer to a conversation; otherwise as [stream].
 *
 * @throws IllegalArgumentException when the request is no conversation, or wants several answers
 */
public fun Engine.deltas(request: Request): Flow<AnswerDelta> {
    requireOne(request)
    require(request.prompt() is Prompt.Chat) { "the request is no conversation; request(messages) makes one, and Engine.stream takes any" }
    return streamed({ submit(request).chatAnswer() }, { it.asDeltaFlow() })
}

private fun requireOne(request: Request) = require(request.answers() == 1) { "the request wants ${request.answers()} answers; Engine.answers gives all of them" }

/** The answer when it is whole; cancelling the coroutine ends the generation. What it throws is as with [Engine.answer]. */
public suspend fun Generation.await(): Answer = try {
    result().await().also { requireWhole() }
} finally {
    cancel()
}

/**
 * What the engine computes in a future: `engine.await { embed("text") }`. The request is made on another thread;
 * cancelling the coroutine cancels it.
 *
 * @throws IllegalStateException when the engine is closed, also before there is a result
 */
public suspend fun <T> Engine.await(request: Engine.() -> CompletableFuture<T>): T = notCancelledByOthers { begun({ request() }) { it.cancel(false) }.await() }
