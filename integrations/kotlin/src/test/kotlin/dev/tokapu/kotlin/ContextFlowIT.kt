package dev.tokapu.kotlin

import dev.tokapu.Model
import dev.tokapu.TestModels
import dev.tokapu.TinyModel
import dev.tokapu.completion.ContextGenerator
import dev.tokapu.sampling.Sampler
import dev.tokapu.text.FinishReason
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import kotlin.time.Duration.Companion.milliseconds

/** Texts that the collector's coroutine has computed. */
class ContextFlowIT {
    private lateinit var generator: ContextGenerator

    @BeforeEach
    fun open() {
        generator = ContextGenerator.open(model, TestModels.small().contextSize(LONG + 100).build())
    }

    @AfterEach
    fun close() = generator.close()

    private fun options(tokens: Int) = generationOptions { samplers(Sampler.greedy()).ignoreEnd(true).maxTokens(tokens) }

    @Test
    fun stream_ofAContext_isItsText() = coroutines {
        val text = generator.generate("the cat", options(100)).text()
        assertThat(generator.stream("the cat", options(100)).toList().joinToString("")).isEqualTo(text)
    }

    @Test
    fun stream_whoseCollectorIsCancelled_ends() = coroutines {
        val stream = generator.generate("the cat", options(LONG))
        val first = CompletableDeferred<Unit>()
        val collector = launch { stream.asFlow().collect { first.complete(Unit) } }
        first.await()
        collector.cancelAndJoin()
        assertThat(stream.finishReason()).isEqualTo(FinishReason.CANCELLED)
        assertThat(generator.stream("the cat", options(LONG)).first()).isNotEmpty()
    }

    @Test
    fun collector_thatIsSlow_hasNothingComputed() = coroutines {
        val stream = generator.generate("the cat", options(LONG))
        val gate = CompletableDeferred<Unit>()
        val collector = launch { stream.asFlow().collect { gate.await() } }
        await { stream.usage().generatedTokens() > 0 }
        val more = { stream.usage().generatedTokens() > AHEAD }
        assertThat(withTimeoutOrNull(200.milliseconds) { await(more) }).isNull()
        gate.complete(Unit)
        await(more)
        collector.cancelAndJoin()
    }

    @Test
    fun stream_thatSomebodyElseCancels_fails() = coroutines {
        val stream = generator.generate("the cat", options(LONG))
        assertThrows<IllegalStateException> { stream.asFlow().collect { stream.cancel() } }
    }

    companion object {
        private const val LONG = 20_000

        /** More tokens than a piece has. */
        private const val AHEAD = 100

        @TinyModel
        lateinit var model: Model
    }
}
