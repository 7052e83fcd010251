package dev.tokapu.kotlin

import dev.tokapu.chat.AnswerType
import dev.tokapu.exception.AnswerFormatException
import dev.tokapu.sampling.Grammar
import dev.tokapu.text.FinishReason
import dev.tokapu.text.TextStream
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import kotlinx.serialization.serializer

/**
 * A class with `@Serializable` as what a model must answer; keep it where it is used often.
 *
 * @since 0.1
 */
public inline fun <reified T : Any> serializableType(): SerializableType<T> = SerializableType(serializer<T>())

/**
 * A serializer as what a model must answer: its JSON Schema, the grammar of that schema, and the way from text to value.
 *
 * Thread safety: immutable.
 *
 * @param T the type of the value
 * @param serializer reads the value
 * @param json the format, for its modules and names
 * @param instruction what [prompt] adds to a question, before the schema; null to add neither
 * @throws IllegalArgumentException when the type has something that no schema can say; the message names the path
 * @since 0.1
 */
public class SerializableType<T : Any>(
    private val serializer: KSerializer<T>,
    private val json: Json = Json,
    private val instruction: String? = DEFAULT_INSTRUCTION,
) : AnswerType<T, TextStream> {
    private val name = serializer.descriptor.serialName
    private val promptSchema = DescriptorSchema.of(serializer.descriptor, json, limits = false).toString()

    /** The JSON Schema (draft 2020-12) that the grammar is made of. What the model reads is shorter. */
    public val schema: String = DescriptorSchema.of(serializer.descriptor, json, limits = true).toString()

    private val grammar = Grammar.ofJsonSchemaCompact(schema)

    /** The question, an empty line, and the instruction with the schema. */
    override fun prompt(question: String): String = if (instruction == null) question else "$question\n\n$instruction\n$promptSchema"

    /** The grammar of the schema, without blanks between the parts; it goes first in a chain. */
    override fun grammar(): Grammar = grammar

    /**
     * Reads a value from a whole text.
     *
     * @throws AnswerFormatException when it is no value of the type
     */
    public fun parse(text: String): T = try {
        json.decodeFromString(serializer, text)
    } catch (e: RuntimeException) { // also what the class and its serializers throw
        throw AnswerFormatException("the answer is no $name: ${e.message}").apply { initCause(e) }
    }

    /**
     * Reads a generated text to its end.
     *
     * @throws AnswerFormatException when it was cut off or is no value of the type
     */
    override fun read(text: TextStream): T {
        val whole = text.text()
        val reason = text.finishReason()
        if (reason != FinishReason.STOP_TOKEN) {
            throw AnswerFormatException(
                "the answer for $name is not whole, it ended by $reason after ${whole.length} characters; let it have more tokens " +
                    "(maxTokens, contextSize), or ask for less",
            )
        }
        return parse(whole)
    }

    /** The JSON itself while it grows. */
    override fun stream(text: TextStream): TextStream = text

    override fun toString(): String = "SerializableType[$name]"

    private companion object {
        const val DEFAULT_INSTRUCTION = "Answer with JSON that matches this JSON Schema, and nothing else:"
    }
}
