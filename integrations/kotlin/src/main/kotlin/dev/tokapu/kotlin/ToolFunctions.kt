package dev.tokapu.kotlin

import dev.tokapu.tool.Tool
import dev.tokapu.tool.ToolArguments
import dev.tokapu.tool.Tools
import dev.tokapu.tool.ToolsBuilder
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.KSerializer
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.serializer

/**
 * Tools with what holds for all of them: `tools { add(weather); maxRounds(3) }`.
 *
 * Thread safety: what the functions of this file make is immutable; bodies as written.
 *
 * @since 0.1
 */
public inline fun tools(settings: (@OptionsDsl ToolsBuilder).() -> Unit): Tools = Tools.builder().apply(settings).build()

/**
 * A function that the model may call: `tool("weather", "The weather of a town") { place: Place -> forecast(place.town) }`.
 *
 * Its arguments are a class with `@Serializable`, or [Unit] for none. A result that is a [String] goes to the model as it is, everything else as JSON.
 * A timeout and a cancel of the conversation cancel the body.
 *
 * @param A the arguments
 * @param R the result
 * @param name what the model calls it
 * @param description what it does and when to call it, for the model
 * @param body runs on a thread of the call's own
 */
public inline fun <reified A : Any, reified R> tool(name: String, description: String, noinline body: suspend (A) -> R): Tool = tool(name, description, serializer<A>(), serializer<R>(), body = body)

/**
 * The same with serializers that are given.
 *
 * @param A the arguments
 * @param R the result
 * @param json the format, for its modules and names
 * @throws IllegalArgumentException when the arguments are no JSON object, or have something that no schema can say; the message names the path
 */
public fun <A : Any, R> tool(
    name: String,
    description: String,
    arguments: KSerializer<A>,
    result: KSerializer<R>,
    json: Json = Json,
    body: suspend (A) -> R,
): Tool = Tool.of(name, description, SerializableArguments(arguments, result, json)) { runBlocking { body(it) } }

/** Thread safety: immutable. */
private class SerializableArguments<A : Any, R>(
    private val arguments: KSerializer<A>,
    private val result: KSerializer<R>,
    private val json: Json,
) : ToolArguments<A> {
    private val schema = DescriptorSchema.of(arguments.descriptor, json, limits = true)
    private val promptSchema = DescriptorSchema.of(arguments.descriptor, json, limits = false)

    init {
        require(schema["type"] == JsonPrimitive("object")) {
            "the arguments of a tool are a JSON object, and ${arguments.descriptor.serialName} is none; put it into a class"
        }
    }

    override fun schema(): String = schema.toString()

    override fun promptSchema(): String = promptSchema.toString()

    override fun read(json: String): A = this.json.decodeFromString(arguments, json)

    @Suppress("UNCHECKED_CAST") // it is what the body gave
    override fun write(result: Any?): String = json.encodeToString(this.result, result as R)
}
