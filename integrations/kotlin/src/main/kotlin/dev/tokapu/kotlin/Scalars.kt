package dev.tokapu.kotlin

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.elementNames
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/**
 * The types whose JSON is one text, number or boolean, and those that are JSON themselves.
 *
 * Thread safety: immutable.
 */
@OptIn(ExperimentalSerializationApi::class)
internal object Scalars {
    private const val JSON = "kotlinx.serialization.json."

    private val BY_NAME: Map<String, JsonObject> = mapOf(
        "kotlin.uuid.Uuid" to buildJsonObject {
            put("type", "string")
            put("format", "uuid")
        },
        "kotlin.time.Instant" to buildJsonObject {
            put("type", "string")
            put("format", "date-time")
        },
        "${JSON}JsonElement" to JsonObject(emptyMap()),
        "${JSON}JsonObject" to buildJsonObject { put("type", "object") },
        "${JSON}JsonArray" to buildJsonObject { put("type", "array") },
    )

    /** The schema of such a type, null for others; without [limits] it lacks the limits of Kotlin's types. */
    fun of(descriptor: SerialDescriptor, limits: Boolean): JsonObject? {
        val name = descriptor.serialName.removeSuffix("?")
        return BY_NAME[name] ?: unsigned(name, limits) ?: when (descriptor.kind) {
            PrimitiveKind.BOOLEAN -> buildJsonObject { put("type", "boolean") }

            PrimitiveKind.BYTE -> integer(limits, Byte.MIN_VALUE, Byte.MAX_VALUE)

            PrimitiveKind.SHORT -> integer(limits, Short.MIN_VALUE, Short.MAX_VALUE)

            PrimitiveKind.INT -> integer(limits, Int.MIN_VALUE, Int.MAX_VALUE)

            PrimitiveKind.LONG -> integer(limits, Long.MIN_VALUE, Long.MAX_VALUE)

            PrimitiveKind.FLOAT -> number("number", limits, JsonPrimitive(-Float.MAX_VALUE), JsonPrimitive(Float.MAX_VALUE))

            PrimitiveKind.DOUBLE -> number("number", limits, JsonPrimitive(-Double.MAX_VALUE), JsonPrimitive(Double.MAX_VALUE))

            PrimitiveKind.CHAR -> buildJsonObject {
                put("type", "string")
                put("minLength", 1)
                put("maxLength", 1)
            }

            PrimitiveKind.STRING -> buildJsonObject { put("type", "string") }

            SerialKind.ENUM -> enum(descriptor)

            else -> null
        }
    }

    /** The names of an enum class. */
    fun enum(descriptor: SerialDescriptor): JsonObject = buildJsonObject { put("enum", JsonArray(descriptor.elementNames.map(::JsonPrimitive))) }

    /** They are classes around signed numbers. */
    private fun unsigned(name: String, limits: Boolean): JsonObject? {
        val largest = when (name) {
            "kotlin.UByte" -> UByte.MAX_VALUE.toULong()
            "kotlin.UShort" -> UShort.MAX_VALUE.toULong()
            "kotlin.UInt" -> UInt.MAX_VALUE.toULong()
            "kotlin.ULong" -> ULong.MAX_VALUE
            else -> return null
        }
        return number("integer", limits, JsonPrimitive(0), JsonPrimitive(largest))
    }

    private fun integer(limits: Boolean, smallest: Number, largest: Number) = number("integer", limits, JsonPrimitive(smallest), JsonPrimitive(largest))

    private fun number(type: String, limits: Boolean, smallest: JsonPrimitive, largest: JsonPrimitive) = buildJsonObject {
        put("type", type)
        if (limits) {
            put("minimum", smallest)
            put("maximum", largest)
        }
    }
}
