package dev.tokapu.kotlin

import dev.tokapu.Model
import dev.tokapu.Pooling
import dev.tokapu.TestModels
import dev.tokapu.TinyModel
import dev.tokapu.embedding.Embedder
import dev.tokapu.source.ModelSource
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.startCoroutine

/** Loading and embedding in coroutines. */
class ModelsIT {
    private val source = ModelSource.file(TestModels.tinyFile())

    @Test
    fun load_isAModel() = coroutines {
        val seen = mutableListOf<Float>()
        source.load(modelOptions { progress { seen.add(it) } }).use { model ->
            assertThat(model.info().description()).isNotBlank()
        }
        assertThat(seen).isNotEmpty()
    }

    /** As in a `suspend fun main`. */
    @Test
    fun load_inACoroutineWithoutAJob_isAModel() {
        val loaded = CompletableFuture<Model>()
        suspend { source.load() }.startCoroutine(Continuation(EmptyCoroutineContext) { loaded.complete(it.getOrThrow()) })
        loaded.get(5, TimeUnit.MINUTES).close()
    }

    @Test
    fun load_whoseCoroutineIsCancelled_endsIt() = coroutines {
        var told = 0
        val loading = async(Dispatchers.Default) {
            val job = coroutineContext.job
            source.load(
                modelOptions {
                    progress {
                        told++
                        job.cancel()
                        true
                    }
                },
            )
        }
        assertThrows<CancellationException> { loading.await() }
        assertThat(told).isOne()
    }

    @Test
    fun load_whoseCoroutineIsCancelled_endsTheDownload() = coroutines {
        val loading = launch { ModelSource.of("hf://org/endless").load() }
        EndlessHub.begun.await()
        loading.cancelAndJoin()
        assertThat(EndlessHub.interrupted.isCompleted).isTrue()
    }

    @Test
    fun load_thatItsListenerStops_fails() = coroutines {
        assertThrows<IllegalStateException> { source.load(modelOptions { progress { false } }) }
    }

    @Test
    fun vectors_areThoseOfTheEmbedder() = coroutines {
        val options = embedderOptions {
            context(contextOptions { contextSize(256).threads(1).pooling(Pooling.MEAN) })
            queryPrefix("query: ")
            documentPrefix("passage: ")
        }
        Embedder.open(model, options).use { embedder ->
            assertThat(embedder.vector("the cat")).isEqualTo(embedder.embed("the cat"))
            assertThat(embedder.queryVector("the cat")).isEqualTo(embedder.embedQuery("the cat"))
            assertThat(embedder.documentVectors(listOf("the cat")).single()).isEqualTo(embedder.embedDocument("the cat"))
            assertThat(embedder.vectors(listOf("the cat", "a hen"))).hasSize(2)
            assertThat(List(4) { async { embedder.vector("text $it") } }.awaitAll()).hasSize(4)
        }
    }

    companion object {
        @TinyModel
        lateinit var model: Model
    }
}
