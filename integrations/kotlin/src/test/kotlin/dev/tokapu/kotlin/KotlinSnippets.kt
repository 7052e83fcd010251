package dev.tokapu.kotlin

import dev.tokapu.Model
import dev.tokapu.chat.ChatMessage
import dev.tokapu.chat.ChatSession
import dev.tokapu.embedding.Embedder
import dev.tokapu.embedding.Similarity
import dev.tokapu.engine.Answer
import dev.tokapu.engine.EmbedRequest
import dev.tokapu.engine.Engine
import dev.tokapu.engine.Request
import dev.tokapu.source.ModelSource
import dev.tokapu.tool.ToolApproval
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext
import kotlinx.serialization.Serializable
import java.nio.file.Path
import java.time.Duration

// @start region="value"
@Serializable
data class Review(
    @Description("the product's name") val product: String,
    val stars: Int,
    val mood: Feeling,
    val complaint: String? = null,
)

@Serializable
enum class Feeling { GOOD, NEUTRAL, BAD }
// @end

// @start region="place"
@Serializable
data class Town(val name: String)

@Serializable
data class Forecast(val degrees: Int, val rain: Boolean)
// @end

/** The code of docs/kotlin.md. */
internal class KotlinSnippets(private val chat: ChatSession) {
    suspend fun first() {
        // @start region="first"
        ModelSource.file(Path.of("model.gguf")).load().use { model ->
            ChatSession.open(model, chatOptions { systemPrompt("Be brief.") }).use { chat ->
                chat.stream("Why is the sky blue?").collect { print(it) }
                println(chat.answer("And at sunset?").text())
            }
        }
        // @end
    }

    suspend fun engine(model: Model) {
        // @start region="engine"
        val options = engineOptions {
            maxSequences(4) // requests at the same time; more wait
            sequenceContextSize(2048) // tokens of each, prompt and answer
        }
        val answers: List<Answer> = withContext(Dispatchers.IO) { Engine.start(model, options) }.use { engine ->
            coroutineScope {
                listOf("France", "Italy", "Spain").map { country ->
                    async { engine.answer(request("The capital of $country is") { maxTokens(5) }) }
                }.awaitAll()
            }
        }
        // @end
        println(answers)
    }

    fun messages(engine: Engine): Flow<String> {
        // @start region="messages"
        val messages = listOf(ChatMessage.system("Be brief."), ChatMessage.user("Why is the sky blue?"))
        val question: Request = request(messages) {
            temperature(0.2)
            deadline(Duration.ofSeconds(30))
        }
        return engine.stream(question)
        // @end
    }

    suspend fun future(engine: Engine): FloatArray {
        // @start region="future"
        return engine.await { embed(EmbedRequest.of("The cat sleeps on the sofa.")) }
        // @end
    }

    suspend fun value() {
        // @start region="answerAs"
        val review: Review = chat.answerAs("Classify: 'The kettle is fast, but it leaks.'")
        println("${review.stars} stars for ${review.product}, ${review.complaint ?: "no complaint"}")
        // @end
    }

    suspend fun valueOfEngine(engine: Engine, messages: List<ChatMessage>): Review {
        // @start region="engineValue"
        val type = serializableType<Review>() // keep it: making one takes a moment
        val answer = engine.answer(request(messages) { samplers(type.grammar()) })
        return type.parse(answer.text())
        // @end
    }

    suspend fun tool() {
        // @start region="tool"
        val weather = tool("weather", "The weather of a town") { town: Town ->
            delay(100) // asks a service
            Forecast(if (town.name == "Rome") 30 else 10, rain = false)
        }
        val tools = tools {
            add(weather)
            maxRounds(3)
            timeout(Duration.ofSeconds(10))
            approval { call -> if (call.name() == "weather") ToolApproval.Decision.approve() else ToolApproval.Decision.refuse("") }
        }
        println(chat.answer("How is the weather in Rome?", tools).text())
        // @end
    }

    suspend fun vectors(model: Model) {
        // @start region="vectors"
        Embedder.open(model, embedderOptions { queryPrefix("query: ") }).use { embedder ->
            val documents = listOf("The cat sleeps on the sofa.", "Rain is likely.")
            val question = embedder.queryVector("Where is the cat?")
            println(embedder.documentVectors(documents).map { Similarity.cosine(question, it) })
        }
        // @end
    }
}
