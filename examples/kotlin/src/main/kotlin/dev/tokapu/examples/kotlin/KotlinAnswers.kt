package dev.tokapu.examples.kotlin

import dev.tokapu.Model
import dev.tokapu.chat.ChatOptions
import dev.tokapu.chat.ChatSession
import dev.tokapu.source.DefaultModel
import dev.tokapu.source.ModelSource
import jakarta.validation.constraints.Max
import jakarta.validation.constraints.Min
import jakarta.validation.constraints.Size
import java.nio.file.Path

/** The model must answer with a product and stars; what is nullable or has a default may be missing. */
data class Review(
    @field:Size(max = 40) val product: String,
    @field:Min(1) @field:Max(5) val stars: Int,
    @field:Size(max = 60) val complaint: String?,
    @field:Size(max = 10) val language: String = "English",
)

/** Asks for a data class. */
fun main(args: Array<String>) {
    val source = if (args.isEmpty()) DefaultModel.source() else ModelSource.file(Path.of(args[0]))
    val options = ChatOptions.builder().temperature(0.0).maxTokens(300).build()
    Model.load(source).use { model ->
        ChatSession.open(model, options).use { chat ->
            val review = chat.ask("Classify: 'The kettle is fast, but it leaks.'", Review::class.java)
            println("${review.stars} stars for ${review.product}, ${review.complaint ?: "no complaint"}, in ${review.language}")
        }
    }
}
