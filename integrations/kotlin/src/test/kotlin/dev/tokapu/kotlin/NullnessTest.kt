package dev.tokapu.kotlin

import dev.tokapu.chat.ChatMessage
import dev.tokapu.chat.ChatOptions
import dev.tokapu.embedding.EmbedderOptions
import dev.tokapu.engine.EngineOptions
import dev.tokapu.text.GenerationOptions
import dev.tokapu.tool.Tools
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import kotlin.reflect.typeOf

/** What Kotlin's compiler makes of the annotations of the Java API: a type with `!` may or may not be null. */
class NullnessTest {
    private inline fun <reified T> type(@Suppress("UNUSED_PARAMETER") value: () -> T) = typeOf<T>().toString().substringBefore(" (Kotlin")

    @Test
    fun types_ofTheJavaApi_areNullable() {
        assertThat(type { ChatOptions.defaults().systemPrompt() }).endsWith("String?")
        assertThat(type { ChatOptions.defaults().parallelToolCalls() }).endsWith("Boolean?")
        assertThat(type { Tools.builder().build().timeout() }).endsWith("Duration?")
    }

    @Test
    fun types_ofTheJavaApi_areNotNull() {
        assertThat(type { ChatOptions.defaults() }).endsWith("ChatOptions")
        assertThat(type { ChatOptions.defaults().generation() }).endsWith("GenerationOptions")
        assertThat(type { ChatMessage.user("a").content() }).endsWith("String")
        assertThat(type { GenerationOptions.defaults().stops() }).endsWith("String>")
        assertThat(type { EmbedderOptions.defaults().queryPrefix() }).endsWith("String")
        assertThat(type { EngineOptions.defaults().context() }).endsWith("ContextOptions")
    }
}
