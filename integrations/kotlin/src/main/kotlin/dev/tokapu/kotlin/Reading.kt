package dev.tokapu.kotlin

import dev.tokapu.chat.ChatAnswer
import dev.tokapu.text.FinishReason
import dev.tokapu.text.TextStream
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.withContext
import java.util.concurrent.TimeoutException

/**
 * A text of either kind as a flow: [readWaiting] has a context make more, on a thread that may wait; [readNow] gives what an engine has made so far, in
 * the collector's context, where it costs no change of threads.
 */
internal fun <T : Any> reading(stream: TextStream, readNow: () -> List<T>, readWaiting: () -> Iterator<T>): Flow<T> = flow {
    val elements = readWaiting()
    try {
        val progress = Progress(stream)
        if (progress.isTold) {
            progress.each(readNow) { some -> progress.pausedMeanwhile { some.forEach { emit(it) } } }
        } else {
            emitAll(pulled(elements))
        }
        stream.requireWhole()
    } finally {
        stream.cancel() // at once, whatever Dispatchers.IO does
        withContext(NonCancellable + Dispatchers.IO) { stream.close() } // that may wait for a step
    }
}

private fun <T : Any> pulled(elements: Iterator<T>): Flow<T> = flow {
    while (true) {
        emit(runInterruptible { if (elements.hasNext()) elements.next() else null } ?: break)
    }
}.buffer(Channel.RENDEZVOUS).flowOn(Dispatchers.IO)

/** How often an engine tells a busy collector of more before it is paused: a collector that only looks at each piece never waits for a pause to end. */
internal const val AHEAD = 64

/**
 * What an engine tells of a text, once for each token or some of them. While the collector is busy with what it has, the sequence is paused when the
 * engine has told [AHEAD] times of more.
 *
 * Thread safety: safe.
 */
private class Progress(private val stream: TextStream) {
    private val more = Channel<Unit>(Channel.CONFLATED)
    private var busy = false
    private var ahead = 0 // how often more was told of while the collector was busy; from AHEAD on the sequence is paused

    /** Whether anything is told; otherwise the thread that reads the text makes it. */
    val isTold =
        try {
            stream.onProgress(::told)
            true
        } catch (_: UnsupportedOperationException) {
            false
        }

    @Synchronized
    private fun told() {
        if (busy && ++ahead == AHEAD) {
            stream.pause()
        }
        more.trySend(Unit)
    }

    /** Reads to the end, without a thread that waits. */
    suspend inline fun <T> each(readNow: () -> List<T>, take: (List<T>) -> Unit) {
        while (true) {
            val ended = stream.isFinished
            val elements = readNow()
            when {
                elements.isNotEmpty() -> take(elements)
                ended -> return
                else -> more.receive()
            }
        }
    }

    suspend inline fun pausedMeanwhile(emit: () -> Unit) {
        set(true)
        try {
            emit()
        } finally {
            set(false)
        }
    }

    @Synchronized
    private fun set(busy: Boolean) {
        this.busy = busy
        if (ahead >= AHEAD) {
            stream.resume()
        }
        ahead = 0
    }
}

/** The collector has not cancelled it: what ended so was ended by somebody else, and is no whole text. */
internal fun TextStream.requireWhole() {
    when (finishReason()) {
        FinishReason.CANCELLED -> throw IllegalStateException(
            "the answer was cancelled after ${usage().generatedTokens()} tokens: its engine or session was closed, or somebody called cancel()",
        )

        FinishReason.DEADLINE -> throw TimeoutException(
            "the deadline passed after ${usage().generatedTokens()} tokens; give the request more time, or let it generate less (maxTokens)",
        )

        else -> Unit
    }
}

/** A text that is begun and read to its end, without a pause; it ends when the coroutine is cancelled. */
internal suspend fun <S : TextStream> whole(begin: () -> S): S {
    val stream = begun(begin) { it.close() }
    try {
        withContext(Dispatchers.IO) { stream.use { it.readWhole() } }
    } finally {
        stream.cancel()
    }
    return stream
}

private suspend fun TextStream.readWhole() {
    val progress = Progress(this)
    if (progress.isTold) {
        progress.each({ if (this is ChatAnswer) pollDeltas() else readNow() }) {}
    } else {
        runInterruptible { text() }
    }
    requireWhole()
}

/** The text that is there already. */
internal fun TextStream.readNow(): List<String> = listOf(poll()).filter { it.isNotEmpty() }

/** Begins something on another thread. What was begun for a coroutine that is cancelled meanwhile ends. */
internal suspend fun <R> begun(begin: () -> R, end: (R) -> Unit): R {
    var result: R? = null
    return try {
        withContext(Dispatchers.IO) { begin().also { result = it } }
    } catch (e: CancellationException) {
        result?.let { withContext(NonCancellable + Dispatchers.IO) { end(it) } } // that may wait for a step
        throw e
    }
}

/** Calls what blocks its thread, and ends early when that is interrupted. */
internal suspend fun <T> interruptible(call: () -> T): T = notCancelledByOthers { runInterruptible(Dispatchers.IO, call) }

/** A coroutine that was not cancelled must not look as if it was. */
internal suspend inline fun <T> notCancelledByOthers(call: () -> T): T = try {
    call()
} catch (e: CancellationException) {
    currentCoroutineContext().ensureActive()
    throw IllegalStateException("cancelled by somebody else: ${e.message ?: "what computes it was closed"}", e)
}
