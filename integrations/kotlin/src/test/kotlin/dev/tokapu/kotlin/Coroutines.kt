package dev.tokapu.kotlin

import dev.tokapu.HollowModel
import dev.tokapu.Model
import dev.tokapu.Playbook
import dev.tokapu.TestModels
import dev.tokapu.chat.ChatOptions
import dev.tokapu.chat.ChatSession
import dev.tokapu.engine.Engine
import dev.tokapu.sampling.Sampler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

/** A test in coroutines, which may hang for five minutes. */
internal fun coroutines(test: suspend CoroutineScope.() -> Unit) = runBlocking(Dispatchers.Default) { withTimeout(5.minutes, test) }

/** Waits for what another thread does. */
internal suspend fun await(condition: () -> Boolean) {
    while (!condition()) {
        delay(1.milliseconds)
    }
}

/** An engine for two answers of any length at a time. */
internal fun smallEngine(model: Model, length: Int): Engine = Engine.start(
    model,
    engineOptions {
        context(TestModels.small().build())
        maxSequences(2)
        sequenceContextSize(length)
        samplingThreads(1)
    },
)

/** Chats with a model that says what a playbook has, on an engine and with a context of their own. */
internal class Chats(playbook: Playbook) : AutoCloseable {
    val model: Model = HollowModel.load()
    val engine = smallEngine(model, LENGTH)
    val options: ChatOptions = chatOptions {
        context(TestModels.small().contextSize(LENGTH).build())
        samplers(playbook.sampler(model), Sampler.greedy())
    }

    fun onEngine() = engine.chat(options)

    fun inContext(): ChatSession = ChatSession.open(model, options)

    override fun close() {
        engine.close()
        model.close()
    }

    private companion object {
        const val LENGTH = 2048
    }
}
