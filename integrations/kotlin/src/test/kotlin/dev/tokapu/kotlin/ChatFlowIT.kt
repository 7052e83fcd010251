package dev.tokapu.kotlin

import dev.tokapu.Playbook
import dev.tokapu.chat.AnswerDelta
import dev.tokapu.chat.ChatMessage
import dev.tokapu.chat.ChatSession
import dev.tokapu.exception.AnswerFormatException
import dev.tokapu.sampling.Sampler
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.serialization.Serializable
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.assertThrows
import java.time.Duration
import java.util.concurrent.Semaphore
import java.util.concurrent.locks.LockSupport

@Serializable
data class Place(val town: String)

@Serializable
data class Weather(val town: String, val degrees: Int, val comment: String? = null)

/** Conversations on an engine and in a context, with what the model says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChatFlowIT {
    private val rome = Playbook.call("weather", "{\"town\": \"Rome\"}")
    private val chats = Chats(
        Playbook()
            .says("sky", "Because of the air.")
            .says("story", STORY)
            .says("weather in Rome", rome, "It is sunny.")
            .says("How warm", rome, "{\"town\":\"Rome\",\"degrees\":30}")
            .says("report", "{\"town\":\"Oslo\",\"degrees\":-3,\"comment\":\"snow\"}"),
    )

    @AfterAll
    fun close() = chats.close()

    /** With an engine, and with a context. */
    private fun inBoth(test: suspend (ChatSession) -> Unit) = coroutines {
        chats.onEngine().use { test(it) }
        chats.inContext().use { test(it) }
    }

    @Test
    fun stream_isTheAnswer_andJoinsTheHistory() = inBoth { chat ->
        assertThat(chat.stream("Why is the sky blue?").toList().joinToString("")).isEqualTo("Because of the air.")
        assertThat(chat.history().last().content()).isEqualTo("Because of the air.")
        assertThat(chat.answer("Why is the sky blue?").text()).isEqualTo("Because of the air.")
        assertThat(chat.stream("Why is the sky blue?", generationOptions { maxTokens(2) }).toList().joinToString(""))
            .isEqualTo("Because of")
        assertThat(chat.history()).hasSize(6)
    }

    @Test
    fun deltas_haveTheCalls() = inBoth { chat ->
        val definition = tool("weather", "The weather of a town") { place: Place -> place.town }.definition()
        val told = chats.options.toBuilder().tools(listOf(definition)).build()
        (if (chat.runsOnEngine()) chats.engine.chat(told) else ChatSession.open(chats.model, told)).use {
            val deltas = it.deltas("How is the weather in Rome?").toList()
            assertThat(deltas.filterIsInstance<AnswerDelta.CallCompleted>().single().call().name()).isEqualTo("weather")
        }
    }

    private fun ChatSession.runsOnEngine() = runCatching { context() }.isFailure

    @Test
    fun answer_whoseCoroutineIsCancelled_ends() = coroutines {
        val tokens = Channel<Unit>(Channel.CONFLATED)
        val slow = Sampler.customLogits { _, _ ->
            tokens.trySend(Unit)
            LockSupport.parkNanos(50_000_000) // some 15 s for the story
        }
        val options = chats.options.toBuilder().samplers(listOf(slow) + chats.options.generation().samplers()).build()
        for (opened in listOf(chats.engine.chat(options), ChatSession.open(chats.model, options))) {
            opened.use { chat ->
                val asking = launch { chat.answer("Tell me a story.") }
                repeat(3) { tokens.receive() }
                asking.cancelAndJoin()
                assertThat(chat.history()).hasSize(2)
                assertThat(chat.history().last().content()).isNotEmpty().hasSizeLessThan(STORY.length)
            }
        }
    }

    @Test
    fun answer_withTools_runsSuspendingOnes() = inBoth { chat ->
        val weather = tool("weather", "The weather of a town") { place: Place ->
            delay(1)
            Weather(place.town, 30)
        }
        val answer = chat.answer("How is the weather in Rome?", tools { add(weather) })
        assertThat(answer.text()).isEqualTo("It is sunny.")
        assertThat(chat.history().map { it.content() }).contains("{\"town\":\"Rome\",\"degrees\":30}")
    }

    @Test
    fun answer_whoseCoroutineIsCancelled_cancelsTheTool() = inBoth { chat ->
        coroutines {
            val begun = CompletableDeferred<Unit>()
            val ended = CompletableDeferred<Unit>()
            val weather = tool<Place, String>("weather", "The weather of a town") {
                begun.complete(Unit)
                try {
                    awaitCancellation()
                } catch (e: CancellationException) {
                    ended.complete(Unit)
                    throw e
                }
            }
            val asking = launch { chat.answer("How is the weather in Rome?", tools { add(weather) }) }
            begun.await()
            asking.cancelAndJoin()
            ended.await()
        }
    }

    @Test
    fun answer_thatIsCancelledWhileToolsRun_fails() = inBoth { chat ->
        val cancelling = tools {
            add(
                tool<Place, String>("weather", "The weather of a town") {
                    chat.cancel()
                    awaitCancellation()
                },
            )
        }
        assertThrows<IllegalStateException> { chat.answer("How is the weather in Rome?", cancelling) }
        val failure = assertThrows<IllegalStateException> { chat.answerAs<Weather>("How warm is it in Rome?", cancelling) }
        assertThat(failure).hasMessageContaining("cancelled while tools ran")
    }

    @Test
    fun answerAs_isAValue() = inBoth { chat ->
        assertThat(chat.answerAs<Weather>("Write a report.")).isEqualTo(Weather("Oslo", -3, "snow"))
        val weather = tool("weather", "The weather of a town") { _: Place -> 30 }
        assertThat(chat.answerAs<Weather>("How warm is it in Rome?", tools { add(weather) })).isEqualTo(Weather("Rome", 30))
    }

    @Test
    fun answerAs_ofAnAnswerThatIsCutOff_fails() = coroutines {
        chats.engine.chat(chats.options.toBuilder().maxTokens(3).build()).use { chat ->
            val failure = assertThrows<AnswerFormatException> { chat.answerAs<Weather>("Write a report.") }
            assertThat(failure).hasMessageContaining("MAX_TOKENS")
        }
    }

    /** A conversation on the engine whose answers have as many tokens as they are allowed. */
    private fun allowed(tokens: Semaphore): ChatSession {
        val gate = Sampler.customLogits { _, _ -> tokens.acquire() }
        return chats.engine.chat(
            chats.options.toBuilder().samplers(listOf(gate) + chats.options.generation().samplers()).build(),
        )
    }

    @Test
    fun stream_whoseSessionIsClosed_fails() = coroutines {
        val tokens = Semaphore(FEW)
        allowed(tokens).use { chat ->
            val first = CompletableDeferred<Unit>()
            val collector = async {
                runCatching { chat.stream("Tell me a story.").collect { first.complete(Unit) } }
            }
            first.await()
            chat.close()
            tokens.release(ALL)
            assertThat(collector.await().exceptionOrNull()).isInstanceOf(IllegalStateException::class.java)
        }
    }

    @Test
    fun stream_thatIsCollectedSlowly_pausesTheEngine() = coroutines {
        val tokens = Semaphore(FEW)
        allowed(tokens).use { chat ->
            val first = CompletableDeferred<Unit>()
            val gate = CompletableDeferred<Unit>()
            val collector = async {
                val pieces = StringBuilder()
                chat.stream("Tell me a story.").collect {
                    first.complete(Unit)
                    gate.await()
                    pieces.append(it)
                }
                pieces.toString()
            }
            first.await()
            await {
                tokens.release()
                Thread.sleep(10) // for what pauses the engine
                chats.engine.snapshot().run { running() == 1 && generating() == 0 }
            }
            tokens.release(ALL)
            gate.complete(Unit)
            assertThat(collector.await()).isEqualTo(STORY)
        }
    }

    @Test
    fun deltas_ofARequest_areThoseOfTheAnswer() = coroutines {
        val messages = listOf(ChatMessage.user("Why is the sky blue?"))
        val request = request(messages) {
            generation(chats.options.generation())
            deadline(Duration.ofMinutes(5))
        }
        val text = chats.engine.deltas(request).toList().joinToString("") { (it as AnswerDelta.Text).text() }
        assertThat(text).isEqualTo("Because of the air.")
    }

    private companion object {
        val STORY = "Once there was a hen. ".repeat(50)

        /** Tokens of which some text can be read. */
        const val FEW = 8

        /** More tokens than the story has. */
        const val ALL = 5000
    }
}
