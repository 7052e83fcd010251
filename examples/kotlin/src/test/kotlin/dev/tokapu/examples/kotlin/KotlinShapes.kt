package dev.tokapu.examples.kotlin

import com.fasterxml.jackson.annotation.JsonIgnore
import com.fasterxml.jackson.annotation.JsonProperty
import com.fasterxml.jackson.core.JsonParser
import com.fasterxml.jackson.databind.DeserializationContext
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.annotation.JsonDeserialize
import com.fasterxml.jackson.databind.deser.std.StdDeserializer
import jakarta.validation.constraints.Email
import jakarta.validation.constraints.Max
import jakarta.validation.constraints.Min
import jakarta.validation.constraints.Pattern
import jakarta.validation.constraints.Size
import kotlin.time.Duration

@JvmInline
value class Id(val v: String)

@JvmInline
value class Count(val n: Int)

@JvmInline
value class Tags(val all: List<String>)

@JvmInline
value class Code(@field:Size(max = 3) val text: String)

@JvmInline
value class Key(val holder: Held)

@JvmInline
value class Wrap<T>(val v: T)

@JvmInline
value class Sorted(val all: List<String>) : List<String> by all

data class Held(val id: Id, val n: Int)

data class Values(
    val id: Id?,
    val count: Count = Count(4),
    @field:Min(1) @field:Max(5) val stars: Count,
    val tags: Tags,
    val code: Code,
    val key: Key,
    val ids: List<Id>,
    val byName: Map<String, Count>,
)

data class Generic(val a: Wrap<String>)

data class OfList(val a: Sorted)

data class Took(val a: Duration)

data class Tried(val a: Result<Int>)

@OptIn(ExperimentalUnsignedTypes::class)
class Unsigneds(val a: UIntArray)

data class Tree(val v: Int, val kids: List<Tree> = listOf(), val up: Tree? = null)

data class Endless(val v: Int, val up: Endless)

data class Item(val name: String)

sealed class Res<out T> {
    data class Ok<T>(val value: T) : Res<T>()

    data class Err(val message: String) : Res<Nothing>()

    data object Gone : Res<Nothing>()
}

data class HasRes(val res: Res<Item>)

sealed interface Num<T>

data class Whole(val a: Int) : Num<Int>

data class Fraction(val a: Double) : Num<Double>

data class Unsigned(val a: UByte, val b: UShort, val c: UInt, val d: ULong, val e: UInt?, val f: List<UInt>, @field:Max(5) val g: UInt = 3u)

data class Rules(
    @field:Size(max = 3) val a: String?,
    @field:Min(1) @field:Max(5) val b: Int?,
    @field:Email val c: String?,
    @field:Pattern(regexp = "\\d{3}") val d: String? = null,
    @get:Size(max = 3) val e: String,
    @param:Size(max = 3) val f: String,
)

data class Inner(
    val a: List<
        @Size(max = 3)
        String,
        >,
    val b: Map<
        String,
        @Max(5)
        Int,
        >,
)

data class Defaults(
    val a: Int = 3,
    val b: String = "x",
    val c: List<Int> = listOf(1),
    val d: Boolean = true,
    val e: Double?,
)

data class Nulls(val map: Map<String, Int?>, val list: List<String?>)

sealed interface Event {
    data class At(val n: Int) : Event

    data class All(val events: List<Event>) : Event

    data object Stop : Event

    /** Equal to itself alone. */
    object Start : Event
}

data class Names(val pH: Double, var mName: String, val URL: String, val isGood: Boolean, val mId: Id, val aB: Int?) {
    var xIndex: Int = 0
}

data class Hidden(private val secret: String, private val id: Id, private val isOn: Boolean, val n: Int, @JsonIgnore private val other: Int = 4) {
    private val twice = 2 * n
    private val later by lazy { twice }

    fun sum() = later + other
}

data class LeftOut(
    val a: Int,
    @JsonIgnore val b: Int = 5,
    @field:JsonIgnore val c: String?,
    @JsonProperty("d_d") val d: Int,
)

data class LeftOutWithoutDefault(val a: Int, @JsonIgnore val b: String)

data class Anything(val a: Any, val b: Any?)

data class Point(val x: Int)

class PointByTree : StdDeserializer<Point>(Point::class.java) {
    override fun deserialize(parser: JsonParser, context: DeserializationContext): Point {
        val tree: JsonNode = parser.codec.readTree(parser)
        return Point(tree["x"].asInt())
    }
}

@JsonDeserialize(using = SpotByMap::class)
data class Spot(val x: Int)

class SpotByMap : StdDeserializer<Spot>(Spot::class.java) {
    override fun deserialize(parser: JsonParser, context: DeserializationContext) = Spot(parser.readValueAs(Map::class.java)["x"] as Int)
}

data class ByTree(@field:JsonDeserialize(using = PointByTree::class) val a: Point, val n: Int)

data class ByMap(val a: Spot, val n: Int)
