package dev.tokapu.kotlin

import kotlinx.serialization.Contextual
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonNamingStrategy
import kotlinx.serialization.serializer
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** JSON Schemas of serializers, as the model reads them. */
class DescriptorSchemaTest {
    private inline fun <reified T> schema(json: Json = Json) = schema(serializer<T>(), json)

    private fun schema(serializer: KSerializer<*>, json: Json) = DescriptorSchema.of(serializer.descriptor, json, limits = false).toString()

    private inline fun <reified T> problem() = assertThrows<IllegalArgumentException> { schema<T>() }.message

    @Test
    fun of_scalars_areTheirJson() {
        assertThat(schema<Boolean>()).isEqualTo("""{"type":"boolean"}""")
        assertThat(schema<UInt?>()).isEqualTo("""{"anyOf":[{"type":"integer"},{"type":"null"}]}""")
        assertThat(schema<Mood>()).isEqualTo("""{"enum":["GOOD","so-so"]}""")
        assertThat(schema<Id>()).isEqualTo("""{"type":"string"}""")
        assertThat(DescriptorSchema.of(serializer<ULong>().descriptor, Json, limits = true).toString())
            .isEqualTo("""{"type":"integer","minimum":0,"maximum":18446744073709551615}""")
    }

    @Test
    fun of_collections_haveTheirElements() {
        assertThat(schema<List<Int>>()).isEqualTo("""{"type":"array","items":{"type":"integer"}}""")
        assertThat(schema<Map<String, Boolean>>()).isEqualTo("""{"type":"object","additionalProperties":{"type":"boolean"}}""")
        assertThat(schema<Map<Mood, Int>>())
            .isEqualTo("""{"type":"object","propertyNames":{"enum":["GOOD","so-so"]},"additionalProperties":{"type":"integer"}}""")
    }

    @Test
    fun of_sealedClass_isOneOfItsSubclasses() {
        val square = """{"type":"object","properties":{"type":{"const":"square"},"side":{"type":"number"}},"required":["type","side"]}"""
        val nothing = """{"type":"object","properties":{"type":{"const":"nothing"}},"required":["type"]}"""
        assertThat(schema<Shape>()).isEqualTo("""{"anyOf":[$nothing,$square]}""")
        assertThat(schema<Shape>(Json { classDiscriminator = "kind" })).contains("""{"kind":{"const":"square"}""")
    }

    @Test
    fun of_classThatContainsItself_isADefinition() {
        val tree = """"type":"object","properties":{"value":{"type":"integer"},"kids":{"type":"array","items":{"${'$'}ref":"#/${'$'}defs/Tree"}}},""" +
            """"required":["value"]"""
        assertThat(schema<Tree>()).isEqualTo("""{$tree,"${'$'}defs":{"Tree":{$tree}}}""")
        assertThat(schema<List<Tree>>())
            .isEqualTo("""{"type":"array","items":{"${'$'}ref":"#/${'$'}defs/Tree"},"${'$'}defs":{"Tree":{$tree}}}""")
    }

    @Test
    fun of_descriptions_saysThoseOfPropertiesFirst() {
        val town = """"type":"object","properties":{"name":{"type":"string"}},"required":["name"]"""
        val journey = DescriptorSchema.of(serializer<Journey>().descriptor, Json, limits = false)["properties"].toString()
        assertThat(journey).isEqualTo(
            """{"from":{"description":"where it begins",$town},"to":{"description":"a town",$town},""" +
                """"by":{"description":"a vehicle","enum":["TRAIN","BUS"]},"price":{"description":"in euros","type":"integer"},""" +
                """"end":{"description":"how it ends","anyOf":[{"type":"object","properties":{"type":{"const":"late"}},"required":["type"]}]}}""",
        )
    }

    @Test
    fun of_genericClass_hasItsArguments() {
        assertThat(schema<Box<Box<Int>>>()).contains(""""value":{"type":"object","properties":{"value":{"type":"integer"}}""").doesNotContain("defs")
    }

    @Test
    @OptIn(ExperimentalSerializationApi::class)
    fun of_namingStrategy_namesProperties() {
        assertThat(schema<Named>(Json { namingStrategy = JsonNamingStrategy.SnakeCase })).contains("\"first_name\"")
    }

    @Test
    fun of_whatNoSchemaCanSay_namesThePlace() {
        assertThat(problem<Numbered>()).contains("Numbered.byNumber", "kotlin.Int", "texts or an enum class")
        assertThat(problem<Foreign>()).contains("Foreign.thread", "no serializer")
        assertThat(problem<Opened>()).contains("Opened.any", "register")
        assertThat(problem<Holder>()).contains("Holder", "is no object")
        assertThat(problem<Tagged>()).contains("Twice>.type", "give the property another")
    }

    @Test
    fun of_classWhoseValuesDoNotEnd_isRefused() {
        assertThat(problem<Endless>()).contains("Endless", "never ends")
        assertThat(problem<List<Around>>()).contains("Around", "never ends")
        assertThat(schema<Chain>()).contains("anyOf")
    }
}

@Serializable
enum class Mood {
    GOOD,

    @SerialName("so-so")
    SO_SO,
}

@JvmInline
@Serializable
value class Id(val text: String)

@Serializable
sealed interface Shape

@Serializable
@SerialName("square")
data class Square(val side: Double) : Shape

@Serializable
@SerialName("nothing")
data object Nothingness : Shape

@Serializable
data class Tree(val value: Int, val kids: List<Tree> = listOf())

@Serializable
data class Box<T>(val value: T)

@Serializable
data class Named(val firstName: String)

@Serializable
data class Numbered(val byNumber: Map<Int, String>)

@Serializable
data class Foreign(@Contextual val thread: Thread)

interface Anything

@Serializable
data class Opened(val any: Anything)

@Serializable
data class Endless(val next: Endless)

@Serializable
data class Around(val inner: Box<Around>)

@Serializable
data class Chain(val next: Chain?)

@Serializable
@Description("a town")
data class City(val name: String)

@Serializable
@Description("a vehicle")
enum class Vehicle { TRAIN, BUS }

@JvmInline
@Serializable
@Description("in euros")
value class Price(val euros: Int)

@Serializable
@Description("how it ends")
sealed interface Ending

@Serializable
@SerialName("late")
data object Late : Ending

@Serializable
data class Journey(@Description("where it begins") val from: City, val to: City, val by: Vehicle, val price: Price, val end: Ending)

@Serializable
sealed interface Holder

@JvmInline
@Serializable
value class Held(val text: String) : Holder

@Serializable
sealed interface Tagged

@Serializable
@SerialName("Twice")
data class Twice(val type: String) : Tagged
