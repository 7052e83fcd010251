package dev.tokapu.kotlin

import dev.tokapu.ContextOptions
import dev.tokapu.ModelOptions
import dev.tokapu.chat.ChatMessage
import dev.tokapu.chat.ChatOptions
import dev.tokapu.embedding.EmbedderOptions
import dev.tokapu.engine.EngineOptions
import dev.tokapu.engine.Request
import dev.tokapu.text.GenerationOptions

/**
 * Keeps the settings of one builder out of the block of another.
 *
 * Thread safety: immutable.
 *
 * @since 0.1
 */
@DslMarker
@Target(AnnotationTarget.TYPE)
@Retention(AnnotationRetention.BINARY)
public annotation class OptionsDsl

/**
 * How a model is loaded: `modelOptions { gpuLayers(0) }`.
 *
 * @since 0.1
 */
public inline fun modelOptions(settings: (@OptionsDsl ModelOptions.Builder).() -> Unit): ModelOptions = ModelOptions.builder().apply(settings).build()

/** The settings of a context: `contextOptions { contextSize(4096) }`. */
public inline fun contextOptions(settings: (@OptionsDsl ContextOptions.Builder).() -> Unit): ContextOptions = ContextOptions.builder().apply(settings).build()

/** How a text is generated: `generationOptions { temperature(0.2) }`. */
public inline fun generationOptions(settings: (@OptionsDsl GenerationOptions.Builder).() -> Unit): GenerationOptions = GenerationOptions.builder().apply(settings).build()

/** A conversation's settings: `chatOptions { systemPrompt("Be brief.") }`. */
public inline fun chatOptions(settings: (@OptionsDsl ChatOptions.Builder).() -> Unit): ChatOptions = ChatOptions.builder().apply(settings).build()

/** How an engine is started: `engineOptions { maxSequences(16) }`. */
public inline fun engineOptions(settings: (@OptionsDsl EngineOptions.Builder).() -> Unit): EngineOptions = EngineOptions.builder().apply(settings).build()

/** How vectors are made: `embedderOptions { queryPrefix("query: ") }`. */
public inline fun embedderOptions(settings: (@OptionsDsl EmbedderOptions.Builder).() -> Unit): EmbedderOptions = EmbedderOptions.builder().apply(settings).build()

/** A text to continue, for an engine: `request("The sky is") { maxTokens(20) }`. */
public inline fun request(prompt: String, settings: (@OptionsDsl Request.Builder).() -> Unit = {}): Request = Request.builder(prompt).apply(settings).build()

/** A conversation to answer, oldest message first, for an engine. */
public inline fun request(messages: List<ChatMessage>, settings: (@OptionsDsl Request.Builder).() -> Unit = {}): Request = Request.builder(messages).apply(settings).build()
