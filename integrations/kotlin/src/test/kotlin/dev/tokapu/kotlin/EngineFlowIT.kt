package dev.tokapu.kotlin

import dev.tokapu.Model
import dev.tokapu.TinyModel
import dev.tokapu.engine.Engine
import dev.tokapu.engine.Request
import dev.tokapu.engine.ScoreRequest
import dev.tokapu.sampling.Sampler
import dev.tokapu.text.FinishReason
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.time.Duration
import java.util.concurrent.TimeoutException

/** Answers of an engine as flows and in suspending functions. */
class EngineFlowIT {
    private lateinit var engine: Engine

    @BeforeEach
    fun start() {
        engine = smallEngine(model, LONG + 100)
    }

    @AfterEach
    fun close() = engine.close()

    private fun long(settings: Request.Builder.() -> Unit = {}) = ask(LONG, settings)

    private fun ask(tokens: Int, settings: Request.Builder.() -> Unit = {}) = request("the cat") {
        samplers(Sampler.greedy())
        ignoreEnd(true)
        maxTokens(tokens)
        settings()
    }

    /** The snapshot counts an answer a moment after its place is free. */
    private suspend fun awaitCancelled(answers: Long) = await { engine.snapshot().run { running() == 0 && waiting() == 0 && cancelled() == answers } }

    private suspend fun awaitIdle() = await { engine.snapshot().run { running() == 0 && waiting() == 0 } }

    @Test
    fun stream_ofARequest_isItsText() = coroutines {
        val text = engine.submit(ask(100)).text()
        val flow = engine.stream(ask(100))
        assertThat(flow.toList().joinToString("")).isEqualTo(text)
        assertThat(flow.toList().joinToString("")).isEqualTo(text)
        assertThat(engine.snapshot().submitted()).isEqualTo(3)
        assertThat(engine.stream("the cat", generationOptions { samplers(Sampler.greedy()).ignoreEnd(true).maxTokens(100) }).toList().joinToString(""))
            .isEqualTo(text)
    }

    @Test
    fun stream_whoseCollectorIsCancelled_endsTheGeneration() = coroutines {
        val first = CompletableDeferred<Unit>()
        val collector = launch { engine.stream(long()).collect { first.complete(Unit) } }
        first.await()
        collector.cancelAndJoin()
        awaitCancelled(1)
    }

    @Test
    fun stream_ofWhichEnoughIsTaken_endsTheGeneration() = coroutines {
        assertThat(engine.stream(long()).take(3).toList()).hasSize(3)
        awaitCancelled(1)
    }

    @Test
    fun stream_ofAnEngineThatIsClosed_fails() = coroutines {
        val first = CompletableDeferred<Unit>()
        val collector = async { runCatching { engine.stream(long()).collect { first.complete(Unit) } } }
        first.await()
        engine.close()
        assertThat(collector.await().exceptionOrNull()).isInstanceOf(IllegalStateException::class.java).hasMessageContaining("closed")
        assertThrows<IllegalStateException> { engine.stream(ask(1)).toList() }
    }

    @Test
    fun collector_thatIsSlow_pausesTheSequence() = coroutines {
        val gate = CompletableDeferred<Unit>()
        val generation = engine.submit(long())
        val collector = launch { generation.asFlow().collect { gate.await() } }
        var before: Long
        do { // until the answer is the only one that is computed
            before = engine.snapshot().generatedTokens()
            engine.answer(ask(20))
        } while (engine.snapshot().generatedTokens() - before > 20)
        assertThat(generation.isFinished()).isFalse()
        gate.complete(Unit)
        await { engine.snapshot().generatedTokens() > before + 200 }
        collector.cancelAndJoin()
        await { generation.isFinished() }
        assertThat(generation.finishReason()).isEqualTo(FinishReason.CANCELLED)
    }

    @Test
    fun asFlow_twice_isRefusedAndLeavesTheFirst() = coroutines {
        val generation = engine.submit(ask(50))
        val text = generation.asFlow().toList().joinToString("")
        assertThat(text).isEqualTo(generation.text())
        assertThrows<IllegalStateException> { generation.asFlow().toList() }
    }

    @Test
    fun deltas_ofWhatIsNoConversation_isRefused() {
        assertThat(assertThrows<IllegalArgumentException> { engine.deltas(ask(1)) }).hasMessageContaining("no conversation")
        assertThat(engine.snapshot().submitted()).isZero()
    }

    @Test
    fun collector_thatFails_endsTheGeneration() = coroutines {
        assertThrows<ArithmeticException> { engine.stream(long()).collect { throw ArithmeticException() } }
        awaitCancelled(1)
    }

    @Test
    fun deadline_thatPassesWhilePaused_isATimeout() = coroutines {
        assertThrows<TimeoutException> { engine.stream(long { deadline(Duration.ofSeconds(2)) }).collect { awaitIdle() } }
    }

    @Test
    fun deadline_thatPasses_isATimeout() = coroutines {
        val late = long { deadline(Duration.ofMillis(300)) }
        assertThrows<TimeoutException> { engine.stream(late).collect {} }
        assertThrows<TimeoutException> { engine.answer(late) }
    }

    @Test
    fun answer_isThatOfSubmit() = coroutines {
        val answer = engine.answer(ask(30))
        assertThat(answer.text()).isEqualTo(engine.submit(ask(30)).text())
        assertThat(answer.finishReason()).isEqualTo(FinishReason.MAX_TOKENS)
        val several = ask(30) { answers(2) }
        assertThat(engine.answers(several).map { it.text() }).containsExactly(answer.text(), answer.text())
        assertThat(assertThrows<IllegalArgumentException> { engine.answer(several) }).hasMessageContaining("2 answers")
        assertThrows<IllegalArgumentException> { engine.stream(several) }
    }

    @Test
    fun answers_whoseCoroutineIsCancelled_end() = coroutines {
        val waiting = launch { engine.answers(long { answers(2) }) }
        await { engine.snapshot().generating() == 2 }
        waiting.cancelAndJoin()
        awaitCancelled(2)
    }

    @Test
    fun answer_ofAnEngineThatIsClosed_fails() = coroutines {
        val waiting = async { runCatching { engine.answer(long()) } }
        await { engine.snapshot().generating() == 1 }
        engine.close()
        assertThat(waiting.await().exceptionOrNull()).isInstanceOf(IllegalStateException::class.java).hasMessageContaining("closed")
    }

    @Test
    fun await_givesWhatTheFutureHolds() = coroutines {
        val request = ScoreRequest.builder("the cat", " sat").build()
        assertThat(engine.await { score(request) }).hasToString(engine.score(request).join().toString())
        assertThrows<UnsupportedOperationException> { engine.await { embed("the cat") }.size }
    }

    @Test
    fun await_ofAnEngineThatIsClosed_failsAndDoesNotLookCancelled() = coroutines {
        repeat(2) { engine.submit(long()) }
        val waiting = async { runCatching { engine.await { score(ScoreRequest.builder("the cat", " sat").build()) } } }
        await { engine.snapshot().run { generating() == 2 && waiting() == 1 } }
        engine.close()
        assertThat(waiting.await().exceptionOrNull()).isInstanceOf(IllegalStateException::class.java)
    }

    @Test
    fun await_whoseCoroutineIsCancelled_cancelsTheRequest() = coroutines {
        val others = List(2) { engine.submit(long()) }
        val waiting = async { engine.await { score(ScoreRequest.builder("the cat", " sat").build()) } }
        await { engine.snapshot().run { generating() == 2 && waiting() == 1 } }
        waiting.cancelAndJoin()
        await { engine.snapshot().waiting() == 0 }
        others.forEach { it.cancel() }
    }

    companion object {
        private const val LONG = 20_000

        @TinyModel
        lateinit var model: Model
    }
}
