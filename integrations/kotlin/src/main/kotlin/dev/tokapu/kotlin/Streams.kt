package dev.tokapu.kotlin

import dev.tokapu.chat.AnswerDelta
import dev.tokapu.chat.ChatAnswer
import dev.tokapu.text.GenerationOptions
import dev.tokapu.text.TextGenerator
import dev.tokapu.text.TextStream
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow

/**
 * The pieces of this text, for one collector. Afterwards the stream has the rest: why it ended, its tokens, its timings.
 *
 * Cancelling the collector ends the generation within a step. While it is busy, an engine computes some 64 more tokens and
 * then pauses the sequence, which keeps its place; a context computes nothing. The flow fails with an [IllegalStateException] when somebody else ends
 * the text, for example by closing the engine, with a [java.util.concurrent.TimeoutException] when its deadline passes, and
 * with the generator's exception when it cannot be computed.
 *
 * Thread safety: as the stream; other functions of this file are as safe as what they are called on.
 *
 * @since 0.1
 */
public fun TextStream.asFlow(): Flow<String> = when (this) {
    is ChatAnswer -> reading(this, { pollDeltas().filterIsInstance<AnswerDelta.Text>().map { it.text } }, ::iterator)
    else -> reading(this, ::readNow, ::iterator)
}

/** Everything of this answer as it comes, thoughts and tool calls as well as text; otherwise as [asFlow]. */
public fun ChatAnswer.asDeltaFlow(): Flow<AnswerDelta> = reading(this, ::pollDeltas) { deltas().iterator() }

/** What follows a text, generated for each collector by a context or an engine; otherwise as [asFlow]. */
public fun TextGenerator.stream(
    prompt: String,
    options: GenerationOptions = GenerationOptions.defaults(),
): Flow<String> = streamed({ generate(prompt, options) }, { it.asFlow() })

/** What is begun for each collector. */
internal fun <S : TextStream, T> streamed(begin: () -> S, read: (S) -> Flow<T>): Flow<T> = flow {
    val stream = begun(begin) { it.close() }
    try {
        emitAll(read(stream))
    } finally {
        stream.cancel()
    }
}
