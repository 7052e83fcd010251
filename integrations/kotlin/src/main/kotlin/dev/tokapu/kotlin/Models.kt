package dev.tokapu.kotlin

import dev.tokapu.Model
import dev.tokapu.ModelOptions
import dev.tokapu.source.DownloadProgress
import dev.tokapu.source.ModelSource
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.isActive

/**
 * Loads a model on another thread, after its download when it is a hub's and not on this machine. Cancelling the coroutine ends
 * both; a copy out of a compressed jar goes on to its end.
 *
 * Thread safety: safe.
 *
 * @since 0.1
 * @throws dev.tokapu.exception.ModelLoadException when it is missing, cannot be downloaded, is unreadable, damaged or unknown to llama.cpp
 * @throws IllegalStateException when the progress listener of the options asked to stop
 */
public suspend fun ModelSource.load(options: ModelOptions = ModelOptions.defaults()): Model {
    if (this is ModelSource.Remote) {
        interruptible { find().orElseGet { download(DownloadProgress.logged()) } }
    }
    val caller = currentCoroutineContext()
    val told = options.progress()
    val cancellable = options.toBuilder().progress { caller.isActive && (told?.onProgress(it) ?: true) }.build()
    return notCancelledByOthers { begun({ Model.load(this, cancellable) }) { it.close() } }
}
