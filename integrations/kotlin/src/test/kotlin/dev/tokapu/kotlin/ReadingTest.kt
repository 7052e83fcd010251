package dev.tokapu.kotlin

import dev.tokapu.text.FinishReason
import dev.tokapu.text.TextStream
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.lang.reflect.Proxy

/** How far an engine may be ahead of a collector, and in which thread the collector reads. */
class ReadingTest {
    private val engine = ScriptedText()

    /** Collects all, in this thread; what happens while the collector is busy with the first piece. */
    private fun collecting(meanwhile: suspend () -> Unit) = runBlocking {
        reading(engine.stream, { engine.poll() }, { emptyList<String>().iterator() }).collect {
            if (it == "first") meanwhile()
        }
    }

    @Test
    fun collector_thatIsBusyForLessThanTheLead_isNotPaused() {
        collecting { engine.tell(AHEAD - 1) }
        assertThat(engine.calls).doesNotContain("pause").contains("close")
    }

    @Test
    fun collector_thatIsBusyForLonger_pausesOnceAndGoesOn() {
        collecting { engine.tell(3 * AHEAD) }
        assertThat(engine.calls.filter { it == "pause" || it == "resume" }).containsExactly("pause", "resume")
    }

    @Test
    fun collector_thatFails_leavesNothingPaused() {
        assertThrows<ArithmeticException> {
            collecting {
                engine.tell(AHEAD)
                throw ArithmeticException()
            }
        }
        assertThat(engine.calls).containsSubsequence("pause", "resume", "cancel", "close")
    }

    @Test
    fun collector_thatIsCancelled_leavesNothingPaused() = coroutines {
        val busy = CompletableDeferred<Unit>()
        val collector = launch {
            reading(engine.stream, { engine.poll() }, { emptyList<String>().iterator() }).collect {
                engine.tell(AHEAD)
                busy.complete(Unit)
                CompletableDeferred<Unit>().await()
            }
        }
        busy.await()
        collector.cancelAndJoin()
        assertThat(engine.calls).containsSubsequence("pause", "resume", "cancel", "close")
    }

    @Test
    fun text_ofAnEngine_isReadInTheCollectorsThread() {
        collecting {}
        assertThat(engine.readers).isNotEmpty.containsOnly(Thread.currentThread())
    }

    /** A text of two pieces, of which an engine tells when the test says so. */
    private class ScriptedText {
        val calls = mutableListOf<String>()
        val readers = mutableListOf<Thread>()
        private val pieces = mutableListOf("first", "last")
        private lateinit var told: Runnable

        fun tell(times: Int) = repeat(times) { told.run() }

        fun poll(): List<String> {
            readers += Thread.currentThread()
            return listOfNotNull(pieces.removeFirstOrNull())
        }

        val stream = Proxy.newProxyInstance(TextStream::class.java.classLoader, arrayOf(TextStream::class.java)) { _, method, arguments ->
            when (method.name) {
                "onProgress" -> told = arguments[0] as Runnable
                "isFinished" -> pieces.isEmpty()
                "finishReason" -> FinishReason.STOP_TOKEN
                else -> calls += method.name
            }.takeIf { method.returnType != Void.TYPE }
        } as TextStream
    }
}
