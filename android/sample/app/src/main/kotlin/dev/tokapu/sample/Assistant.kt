package dev.tokapu.sample

import android.content.Context
import android.net.Uri
import dev.tokapu.Model
import dev.tokapu.chat.ChatSession
import dev.tokapu.kotlin.load
import dev.tokapu.kotlin.stream
import dev.tokapu.source.ModelSource
import java.nio.file.Path
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext

/** A model and one conversation with it. Not for several coroutines at a time: a session serves one call. */
class Assistant private constructor(private val model: Model, private val chat: ChatSession) : AutoCloseable {

    /** The answer, piece by piece; cancelling its collector stops the model. */
    fun ask(question: String): Flow<String> = chat.stream(question)

    override fun close() {
        chat.close()
        model.close()
    }

    companion object {

        /** Says where the libraries and the cache are; once, before anything else of Tokapu. */
        fun prepare(context: Context) {
            System.setProperty("tokapu.native.dir", context.applicationInfo.nativeLibraryDir)
            System.setProperty("tokapu.cache.dir", context.cacheDir.path)
            // Android starts no programs of an application.
            System.setProperty("tokapu.file.trial", "none")
        }

        /** Opens what a file picker gave; the descriptor stays open as long as the model is being loaded. */
        suspend fun open(context: Context, uri: Uri): Assistant =
            context.contentResolver.openFileDescriptor(uri, "r").use { file ->
                checkNotNull(file) { "$uri cannot be opened" }
                open(Path.of("/proc/self/fd/${file.fd}"))
            }

        suspend fun open(file: Path): Assistant {
            val model = ModelSource.file(file).load()
            var chat: ChatSession? = null
            return try {
                withContext(Dispatchers.Default) { Assistant(model, ChatSession.open(model).also { chat = it }) }
            } catch (e: Exception) { // also when cancelled, though the session is there
                chat?.close()
                model.close()
                throw e
            }
        }
    }
}
