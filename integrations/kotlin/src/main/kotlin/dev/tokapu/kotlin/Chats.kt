package dev.tokapu.kotlin

import dev.tokapu.chat.AnswerDelta
import dev.tokapu.chat.AnswerType
import dev.tokapu.chat.ChatAnswer
import dev.tokapu.chat.ChatMessage
import dev.tokapu.chat.ChatSession
import dev.tokapu.chat.ToolLoopListener
import dev.tokapu.text.GenerationOptions
import dev.tokapu.text.TextStream
import dev.tokapu.tool.Tools
import kotlinx.coroutines.flow.Flow

/**
 * The text of the answer to a question, which is asked for each collector; otherwise as [asFlow].
 *
 * Thread safety: confined, as are all functions of sessions: one answer at a time.
 *
 * @since 0.1
 * @param overrides what is set here comes before the options of the session
 */
public fun ChatSession.stream(
    question: String,
    overrides: GenerationOptions = GenerationOptions.defaults(),
): Flow<String> = streamed({ send(ChatMessage.user(question), overrides) }, { it.asFlow() })

/** Text, thoughts and tool calls of the answer to a question; otherwise as [stream]. */
public fun ChatSession.deltas(
    question: String,
    overrides: GenerationOptions = GenerationOptions.defaults(),
): Flow<AnswerDelta> = streamed({ send(ChatMessage.user(question), overrides) }, { it.asDeltaFlow() })

/**
 * The whole answer to a question. Cancelling the coroutine ends it within a token; what there is of it stays in the history.
 * On an engine no thread waits for it.
 *
 * @param overrides what is set here comes before the options of the session
 * @throws IllegalStateException when the engine or the session is closed before the answer is whole
 */
public suspend fun ChatSession.answer(
    question: String,
    overrides: GenerationOptions = GenerationOptions.defaults(),
): ChatAnswer = whole { send(ChatMessage.user(question), overrides) }

/**
 * The answer to a question for which the model may call tools, which are run until it answers. A thread waits for them.
 *
 * @param listener told of everything on the way, on that thread
 * @throws dev.tokapu.exception.ToolLimitException when the model goes on calling tools beyond the limits
 */
public suspend fun ChatSession.answer(
    question: String,
    tools: Tools,
    listener: ToolLoopListener = ToolLoopListener.NONE,
): ChatAnswer {
    val answer = interruptible { ask(question, tools, listener) }
    answer.requireAnswered()
    return answer
}

/** What ends a conversation with tools from outside leaves an answer without a text. */
private fun ChatAnswer.requireAnswered() {
    requireWhole()
    check(toolCalls().isEmpty()) { "the conversation was cancelled while tools ran" }
}

/** A value of a class with `@Serializable`, to which a grammar holds the answer; otherwise as [answer]. */
public suspend inline fun <reified T : Any> ChatSession.answerAs(question: String): T = answerAs(question, serializableType<T>())

/**
 * A value to which a grammar holds the answer; otherwise as [answer].
 *
 * @throws dev.tokapu.exception.AnswerFormatException when the answer is cut off, or the class refuses it
 */
public suspend fun <T : Any> ChatSession.answerAs(question: String, type: SerializableType<T>): T = type.read(whole { askStreaming(question, type) })

/** A value of a class with `@Serializable`, after as many tool calls as the model wants; otherwise as [answer]. */
public suspend inline fun <reified T : Any> ChatSession.answerAs(
    question: String,
    tools: Tools,
    listener: ToolLoopListener = ToolLoopListener.NONE,
): T = answerAs(question, serializableType<T>(), tools, listener)

/** A value, after as many tool calls as the model wants; otherwise as [answer]. */
public suspend fun <T : Any> ChatSession.answerAs(
    question: String,
    type: SerializableType<T>,
    tools: Tools,
    listener: ToolLoopListener = ToolLoopListener.NONE,
): T = interruptible { ask(question, Answered(type), tools, listener) }

/** Thread safety: as the type. */
private class Answered<T : Any>(private val type: AnswerType<T, TextStream>) : AnswerType<T, TextStream> by type {
    override fun read(text: TextStream): T {
        (text as ChatAnswer).requireAnswered()
        return type.read(text)
    }
}
