package dev.tokapu.kotlin

import dev.tokapu.Model
import dev.tokapu.ModelOptions
import dev.tokapu.source.ModelSource
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.isActive

/**
 * Loads a model on another thread. Cancelling the coroutine ends the load.
 *
 * Thread safety: safe.
 *
 * @since 0.1
 * @throws dev.tokapu.exception.ModelLoadException when it is missing, unreadable, damaged or unknown to llama.cpp
 * @throws IllegalStateException when the progress listener of the options asked to stop
 */
public suspend fun ModelSource.load(options: ModelOptions = ModelOptions.defaults()): Model {
    val caller = currentCoroutineContext()
    val told = options.progress()
    val cancellable = options.toBuilder().progress { caller.isActive && (told?.onProgress(it) ?: true) }.build()
    return notCancelledByOthers { begun({ Model.load(this, cancellable) }) { it.close() } }
}
