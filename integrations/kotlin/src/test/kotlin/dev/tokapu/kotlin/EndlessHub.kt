package dev.tokapu.kotlin

import dev.tokapu.source.DownloadProgress
import dev.tokapu.source.RemoteModels
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import java.nio.file.Path
import java.util.Optional

/** A hub with no end of any download but an interrupt, as with a server that sends nothing. */
class EndlessHub : RemoteModels {
    override fun find(name: String): Optional<Path> = Optional.empty()

    override fun download(name: String, progress: DownloadProgress): Path {
        begun.complete(Unit)
        try {
            Thread.sleep(60_000)
            error("nobody ended the download of $name")
        } catch (e: InterruptedException) {
            interrupted.complete(Unit)
            Thread.currentThread().interrupt()
            throw CancellationException("the download of $name was interrupted", e)
        }
    }

    companion object {
        val begun = CompletableDeferred<Unit>()
        val interrupted = CompletableDeferred<Unit>()
    }
}
