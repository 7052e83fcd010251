package dev.tokapu.kotlin

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.descriptors.PolymorphicKind
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.descriptors.SerialKind
import kotlinx.serialization.descriptors.StructureKind
import kotlinx.serialization.descriptors.elementDescriptors
import kotlinx.serialization.descriptors.getContextualDescriptor
import kotlinx.serialization.descriptors.getPolymorphicDescriptors
import kotlinx.serialization.descriptors.nonNullOriginal
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonClassDiscriminator
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.put

/**
 * Writes the JSON Schema of what a serializer writes and reads. Types that contain themselves become definitions.
 *
 * Thread safety: confined.
 */
@OptIn(ExperimentalSerializationApi::class)
internal class DescriptorSchema private constructor(private val json: Json, private val limits: Boolean) {
    private val open = mutableListOf<SerialDescriptor>()
    private val recursive = mutableMapOf<SerialDescriptor, String>()
    private val definitions = mutableMapOf<String, JsonElement>()

    companion object {
        /** The schema; without [limits] it lacks what only machines need. */
        fun of(descriptor: SerialDescriptor, json: Json, limits: Boolean): JsonObject = DescriptorSchema(json, limits).whole(descriptor)
    }

    private fun whole(descriptor: SerialDescriptor): JsonObject {
        val path = descriptor.serialName.substringAfterLast('.')
        val schema = of(descriptor, path)
        if (definitions.isEmpty()) {
            return schema
        }
        endless()?.let { refuse(path, "a value of $it never ends; let a property be null, give it a default, or put it into a list") }
        val root = recursive[descriptor.nonNullOriginal]?.let { definitions.getValue(it) as JsonObject } ?: schema
        return JsonObject(root + (DEFINITIONS to JsonObject(definitions)))
    }

    private fun of(descriptor: SerialDescriptor, path: String): JsonObject {
        val schema = if (descriptor.isInline || descriptor.kind == SerialKind.ENUM) {
            described(Scalars.of(descriptor, limits) ?: of(descriptor.getElementDescriptor(0), path), descriptor.annotations)
        } else {
            Scalars.of(descriptor, limits) ?: structure(descriptor, path)
        }
        return if (descriptor.isNullable) anyOf(listOf(schema, NULL)) else schema
    }

    private fun structure(descriptor: SerialDescriptor, path: String): JsonObject = when (descriptor.kind) {
        StructureKind.CLASS, StructureKind.OBJECT -> named(descriptor) { properties(descriptor, path) }
        StructureKind.LIST -> list(descriptor, path)
        StructureKind.MAP -> map(descriptor, path)
        PolymorphicKind.SEALED -> named(descriptor) { oneOf(descriptor, sealed(descriptor), path) }
        PolymorphicKind.OPEN -> named(descriptor) { oneOf(descriptor, registered(descriptor, path), path) }
        SerialKind.CONTEXTUAL -> of(contextual(descriptor, path), path)
        else -> refuse(path, "${descriptor.serialName} is of the kind ${descriptor.kind}, which has no JSON Schema")
    }

    private fun properties(descriptor: SerialDescriptor, path: String, tag: Pair<String, String>? = null): JsonObject {
        val properties = mutableMapOf<String, JsonElement>()
        val required = mutableListOf<JsonElement>()
        tag?.let { (name, value) ->
            properties[name] = buildJsonObject { put("const", value) }
            required += JsonPrimitive(name)
        }
        for (index in 0 until descriptor.elementsCount) {
            val name = name(descriptor, index)
            if (name == tag?.first) {
                refuse("$path.$name", "the name of the subclass is written under that name; give the property another, or see classDiscriminator of the Json")
            }
            val schema = of(descriptor.getElementDescriptor(index), "$path.$name")
            properties[name] = described(schema, descriptor.getElementAnnotations(index))
            if (!descriptor.isElementOptional(index)) {
                required += JsonPrimitive(name)
            }
        }
        val schema = buildJsonObject {
            put("type", "object")
            put("properties", JsonObject(properties))
            put("required", JsonArray(required))
            if (limits) {
                put("additionalProperties", false)
            }
        }
        return described(schema, descriptor.annotations)
    }

    private fun name(descriptor: SerialDescriptor, index: Int): String {
        val name = descriptor.getElementName(index)
        return json.configuration.namingStrategy?.serialNameForJson(descriptor, index, name) ?: name
    }

    /** What a property is comes before what its class is. */
    private fun described(schema: JsonObject, annotations: List<Annotation>): JsonObject {
        val text = annotations.filterIsInstance<Description>().firstOrNull()?.text ?: return schema
        return JsonObject(mapOf("description" to JsonPrimitive(text)) + (schema - "description"))
    }

    private fun list(descriptor: SerialDescriptor, path: String): JsonObject = buildJsonObject {
        put("type", "array")
        put("items", of(descriptor.getElementDescriptor(0), "$path[]"))
    }

    private fun map(descriptor: SerialDescriptor, path: String): JsonObject {
        val key = underlying(descriptor.getElementDescriptor(0))
        if (key.isNullable || (key.kind != PrimitiveKind.STRING && key.kind != SerialKind.ENUM)) {
            refuse(path, "its keys are ${key.serialName}; use texts or an enum class")
        }
        return buildJsonObject {
            put("type", "object")
            if (key.kind == SerialKind.ENUM) {
                put("propertyNames", Scalars.enum(key))
            }
            put("additionalProperties", of(descriptor.getElementDescriptor(1), "$path{}"))
        }
    }

    private fun underlying(descriptor: SerialDescriptor): SerialDescriptor = if (descriptor.isInline) underlying(descriptor.getElementDescriptor(0)) else descriptor

    private fun sealed(descriptor: SerialDescriptor): List<SerialDescriptor> = descriptor.getElementDescriptor(1).elementDescriptors.toList()

    private fun registered(descriptor: SerialDescriptor, path: String): List<SerialDescriptor> = json.serializersModule.getPolymorphicDescriptors(descriptor).ifEmpty {
        refuse(path, "no subclasses of ${descriptor.serialName} are known; register them in the module of the Json, or make it sealed")
    }

    private fun contextual(descriptor: SerialDescriptor, path: String): SerialDescriptor = json.serializersModule.getContextualDescriptor(descriptor)
        ?: refuse(path, "there is no serializer for ${descriptor.serialName}; register one in the module of the Json")

    private fun oneOf(descriptor: SerialDescriptor, subtypes: List<SerialDescriptor>, path: String): JsonObject {
        if (json.configuration.useArrayPolymorphism) {
            refuse(path, "the Json writes subclasses as arrays; leave useArrayPolymorphism off")
        }
        val tag = descriptor.annotations.filterIsInstance<JsonClassDiscriminator>().firstOrNull()?.discriminator
            ?: json.configuration.classDiscriminator
        val schema = anyOf(
            subtypes.map {
                if (it.isInline || (it.kind != StructureKind.CLASS && it.kind != StructureKind.OBJECT)) {
                    refuse(path, "its subclass ${it.serialName} is no object")
                }
                properties(it, "$path<${it.serialName.substringAfterLast('.')}>", tag to it.serialName)
            },
        )
        return described(schema, descriptor.annotations)
    }

    private fun anyOf(schemas: List<JsonObject>): JsonObject = buildJsonObject { put("anyOf", JsonArray(schemas)) }

    /** A type that may contain itself. */
    private fun named(descriptor: SerialDescriptor, write: () -> JsonObject): JsonObject {
        val type = descriptor.nonNullOriginal
        if (type in open) {
            return reference(recursive.getOrPut(type) { unusedName(type) })
        }
        recursive[type]?.takeIf { it in definitions }?.let { return reference(it) }
        open += type
        val schema = write()
        open -= type
        val name = recursive[type] ?: return schema
        definitions[name] = schema
        return reference(name)
    }

    /** A definition of which there is no value, since each contains another. */
    private fun endless(): String? {
        val ending = mutableSetOf<String>()
        while (true) {
            val more = definitions.keys.filter { it !in ending && ends(definitions.getValue(it), ending) }
            if (more.isEmpty()) {
                return definitions.keys.firstOrNull { it !in ending }
            }
            ending += more
        }
    }

    private fun ends(schema: JsonElement, ending: Set<String>): Boolean {
        val keywords = schema.jsonObject
        val properties = keywords["properties"]?.jsonObject
        return when {
            "\$ref" in keywords -> keywords.getValue("\$ref").jsonPrimitive.content.substringAfterLast('/') in ending

            "anyOf" in keywords -> keywords.getValue("anyOf").jsonArray.any { ends(it, ending) }

            properties != null ->
                keywords.getValue("required").jsonArray.all { ends(properties.getValue(it.jsonPrimitive.content), ending) }

            else -> true
        }
    }

    private fun reference(name: String) = buildJsonObject { put("\$ref", "#/$DEFINITIONS/$name") }

    private fun unusedName(type: SerialDescriptor): String {
        val name = type.serialName.substringAfterLast('.').replace(Regex("[^A-Za-z0-9_]"), "_")
        return generateSequence(1) { it + 1 }.map { if (it == 1) name else "$name$it" }.first { it !in recursive.values }
    }

    private fun refuse(path: String, problem: String): Nothing = throw IllegalArgumentException("$path cannot be expressed in JSON Schema: $problem")
}

private const val DEFINITIONS = "\$defs"

private val NULL = buildJsonObject { put("type", "null") }
