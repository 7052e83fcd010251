package dev.tokapu.kotlin

import dev.tokapu.Model
import dev.tokapu.TinyModel
import dev.tokapu.exception.AnswerFormatException
import dev.tokapu.sampling.GrammarDriver
import dev.tokapu.sampling.Sampler
import dev.tokapu.sampling.SamplerChain
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.util.Random

/** Every text that the grammar of a class allows is read, and every value is written as the grammar allows it. */
class SerializableTypeIT {
    private inline fun <reified T : Any> check(vararg values: T) {
        val type = serializableType<T>()
        val driver = GrammarDriver(model)
        SamplerChain.of(model, type.grammar(), Sampler.greedy()).use { chain ->
            for (value in values) {
                val text = WHOLE.encodeToString(value)
                assertThat(driver.accepts(chain, text)).describedAs(text).isTrue()
                assertThat(type.parse(text)).isEqualTo(value)
            }
            val random = Random(7)
            repeat(20) {
                val text = driver.draw(chain, random, 20, 400)
                if (text != null) {
                    type.parse(text)
                }
            }
        }
    }

    @Test
    fun grammar_andSerializer_agree() {
        check(Scalar('c', 1, -2, 3, Long.MIN_VALUE, 1.5f, -2e100, true, "t"))
        check(Unsigned(UByte.MAX_VALUE, UShort.MAX_VALUE, UInt.MAX_VALUE, ULong.MAX_VALUE))
        check<Shape>(Square(2.0), Nothingness)
        check(Tree(1), Tree(1, listOf(Tree(2), Tree(3, listOf(Tree(4))))))
        check(Many(listOf(Mood.GOOD), mapOf("a" to Id("b")), mapOf(Mood.SO_SO to null), setOf(1)))
        check(Order("pan", 2, null), Order("pan", note = "soon"))
        check(Box(Box("b")))
    }

    @Test
    fun parse_ofWhatIsNoValue_fails() {
        val type = serializableType<Order>()
        for (text in listOf("{}", "{\"product\":\"pan\",\"note\":1}", "12", "{\"product\":\"pan\",\"note\":null}}")) {
            assertThat(assertThrows<AnswerFormatException> { type.parse(text) }).hasMessageContaining("Order")
        }
    }

    @Test
    fun parse_ofWhatTheClassRefuses_fails() {
        val failure = assertThrows<AnswerFormatException> { serializableType<Stars>().parse("{\"count\":6}") }
        assertThat(failure).hasMessageContaining("6 stars").hasCauseInstanceOf(IllegalStateException::class.java)
    }

    @Test
    fun prompt_hasTheSchemaUnlessToldOtherwise() {
        assertThat(serializableType<Place>().prompt("Where?")).startsWith("Where?\n\nAnswer with JSON").endsWith("\"required\":[\"town\"]}")
        assertThat(SerializableType(Place.serializer(), instruction = null).prompt("Where?")).isEqualTo("Where?")
    }

    companion object {
        private val WHOLE = Json { encodeDefaults = true }

        @TinyModel
        lateinit var model: Model
    }
}

@Serializable
data class Scalar(
    val char: Char,
    val byte: Byte,
    val short: Short,
    val int: Int,
    val long: Long,
    val float: Float,
    val double: Double,
    val boolean: Boolean,
    val text: String,
)

@Serializable
data class Unsigned(val byte: UByte, val short: UShort, val int: UInt, val long: ULong)

@Serializable
data class Many(val list: List<Mood>, val byText: Map<String, Id>, val byMood: Map<Mood, Int?>, val set: Set<Int>)

@Serializable
data class Stars(val count: Int) {
    init {
        check(count <= 5) { "$count stars" }
    }
}
