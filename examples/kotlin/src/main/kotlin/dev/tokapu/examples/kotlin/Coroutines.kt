package dev.tokapu.examples.kotlin

import dev.tokapu.engine.Engine
import dev.tokapu.exception.ToolLimitException
import dev.tokapu.kotlin.answer
import dev.tokapu.kotlin.answerAs
import dev.tokapu.kotlin.chatOptions
import dev.tokapu.kotlin.engineOptions
import dev.tokapu.kotlin.load
import dev.tokapu.kotlin.request
import dev.tokapu.kotlin.stream
import dev.tokapu.kotlin.tool
import dev.tokapu.kotlin.tools
import dev.tokapu.source.DefaultModel
import dev.tokapu.source.ModelSource
import dev.tokapu.tool.ToolChoice
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.take
import kotlinx.serialization.Serializable
import java.nio.file.Path

@Serializable
data class Place(val town: String)

@Serializable
enum class Sky { CLEAR, CLOUDY }

@Serializable
data class Forecast(val degrees: Int, val sky: Sky)

private val chatting = chatOptions {
    temperature(0.0)
    maxTokens(60)
}

/** A stream, answers at the same time, a value and a tool, all in coroutines. */
suspend fun main(args: Array<String>) {
    val source = if (args.isEmpty()) DefaultModel.source() else ModelSource.file(Path.of(args[0]))
    source.load().use { model ->
        Engine.start(model, engineOptions { maxSequences(4).sequenceContextSize(1024) }).use { engine ->
            stream(engine)
            atTheSameTime(engine)
            valueAndTool(engine)
        }
    }
}

/** Enough after twenty pieces: the engine stops there. */
private suspend fun stream(engine: Engine) {
    print("Stream: ")
    engine.chat(chatting).use { chat -> chat.stream("Tell me about the sea.").take(20).collect { print(it) } }
    println()
}

private suspend fun atTheSameTime(engine: Engine) = coroutineScope {
    val answers = listOf("France", "Italy", "Spain").map { country ->
        async { engine.answer(request("The capital of $country is") { temperature(0.0).maxTokens(2) }).text().trim() }
    }
    println("Together: ${answers.awaitAll()}")
}

private suspend fun valueAndTool(engine: Engine) {
    engine.chat(chatting).use { chat -> println("Value: " + chat.answerAs<Forecast>("It will be hot and sunny in Rome.")) }
    val weather = tool("weather", "The weather of a town") { place: Place ->
        delay(10) // asks a service
        println("Tool: called for a town of ${place.town.length} letters")
        Forecast(30, Sky.CLEAR)
    }
    val must = tools {
        add(weather)
        choice(ToolChoice.required())
        maxRounds(1)
        parallel(false)
    }
    engine.chat(chatting).use { chat ->
        try {
            println("Answer: " + chat.answer("How is the weather in Rome?", must).text())
        } catch (e: ToolLimitException) { // a small model may want to call it again
            println("Answer: none, ${e.message}")
        }
    }
}
