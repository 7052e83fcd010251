package dev.tokapu.examples.kotlin

import dev.tokapu.Model
import dev.tokapu.chat.TypeRef
import dev.tokapu.exception.GrammarException
import dev.tokapu.sampling.Grammar
import dev.tokapu.sampling.Sampler
import dev.tokapu.sampling.SamplerChain
import dev.tokapu.structured.StructuredType
import dev.tokapu.testsupport.TinyGguf
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.ByteArrayOutputStream
import java.nio.file.Path
import java.util.Random

/**
 * Every text that the grammar of a Kotlin class allows is read, and every value is written as the grammar allows it. Random
 * numbers stand in for what a model says.
 */
class KotlinTypesIT {

    @Test
    fun of_kotlinClasses_agree(@TempDir folder: Path) {
        Model.load(TinyGguf.writeTo(folder)).use { model ->
            val walk = Walk(model)
            val held = Held(Id("k"), 1)
            walk.check(StructuredType.of(Id::class.java), Id("a"))
            walk.check(StructuredType.of(Held::class.java), held)
            walk.check(
                StructuredType.of(Values::class.java),
                Values(null, Count(1), Count(5), Tags(listOf("t")), Code("abc"), Key(held), listOf(Id("i")), mapOf("m" to Count(2))),
            )
            walk.check(StructuredType.of(Tree::class.java), Tree(1), Tree(1, listOf(Tree(2, up = Tree(3)))))
            walk.check(StructuredType.of(object : TypeRef<Res<Item>>() {}), Res.Ok(Item("a")), Res.Err("m"), Res.Gone)
            walk.check(StructuredType.of(HasRes::class.java), HasRes(Res.Err("m")))
            walk.check(StructuredType.of(object : TypeRef<Num<Int>>() {}), Whole(1))
            walk.check(StructuredType.of(Unsigned::class.java), Unsigned(0u, 1u, UInt.MAX_VALUE, ULong.MAX_VALUE, null, listOf(2u)))
            walk.check(StructuredType.of(Rules::class.java), Rules(null, null, null, null, "", ""), Rules("abc", 5, "a@b.org", "123", "", ""))
            walk.check(StructuredType.of(Inner::class.java), Inner(listOf("abc"), mapOf("k" to 5)))
            walk.check(StructuredType.of(Defaults::class.java), Defaults(e = null), Defaults(e = 1.5))
            walk.check(StructuredType.of(Nulls::class.java), Nulls(mapOf("k" to 1), listOf("a")))
            walk.check(StructuredType.of(Event::class.java), Event.All(listOf(Event.At(1), Event.Stop, Event.Start)))
            walk.check(StructuredType.of(Names::class.java), Names(7.5, "n", "u", true, Id("i"), null))
            walk.check(StructuredType.of(LeftOut::class.java), LeftOut(1, c = null, d = 2))
            walk.check(StructuredType.of(Anything::class.java), Anything(mapOf("k" to listOf(1, "b", null)), null))
        }
    }

    @Test
    fun grammar_whatIsNotRead_isNotAllowed(@TempDir folder: Path) {
        Model.load(TinyGguf.writeTo(folder)).use { model ->
            val walk = Walk(model)
            val unsigned = "{'a':0,'b':1,'c':2,'d':3,'e':4,'f':[5],'g':0}"
            assertThat(walk.accepts(StructuredType.of(Unsigned::class.java), unsigned)).isTrue()
            for (digit in '0'..'5') {
                assertThat(walk.accepts(StructuredType.of(Unsigned::class.java), unsigned.replace("$digit", "-1"))).isFalse()
            }
            assertThat(walk.accepts(StructuredType.of(Nulls::class.java), "{'map':{'k':null},'list':[]}")).isFalse()
            assertThat(walk.accepts(StructuredType.of(Nulls::class.java), "{'map':{},'list':[null]}")).isFalse()
            assertThat(walk.accepts(StructuredType.of(Rules::class.java), "{'a':null,'e':'','f':''}")).isFalse()
            assertThat(walk.accepts(StructuredType.of(Anything::class.java), "{'a':null}")).isFalse()
        }
    }

    /** Draws texts from grammars and feeds texts to them. */
    private class Walk(private val model: Model) {
        private val random = Random(SEED)
        private val vocab = model.vocab()
        private val end = vocab.specialTokens().eos().orElseThrow()
        private val pieces =
            Array(vocab.size()) { if (vocab.isControl(it)) "" else String(vocab.piece(it), Charsets.ISO_8859_1) }

        fun <T : Any> check(type: StructuredType<T>, vararg values: T) {
            chain(type.grammar()).use { chain ->
                val drawn = List(TEXTS) { draw(chain, random.nextInt(WANTED)) }
                for (value in drawn.map(type::parse) + values) {
                    val written = type.write(value)
                    assertThat(accepts(chain, written)).describedAs(written).isTrue()
                    assertThat(type.parse(written)).isEqualTo(value)
                }
            }
        }

        fun accepts(type: StructuredType<*>, json: String) = chain(type.grammar()).use { accepts(it, json.replace('\'', '"')) }

        private fun chain(grammar: Grammar) = SamplerChain.of(model, grammar, Sampler.greedy())

        private fun accepts(chain: SamplerChain, text: String): Boolean {
            chain.reset()
            return try {
                text.toByteArray().map { pieces.indexOf(String(byteArrayOf(it), Charsets.ISO_8859_1)) }.forEach(chain::accept)
                chain.accept(end)
                true
            } catch (_: GrammarException) {
                false
            }
        }

        /** A text that has come to an end, which is wished for after some tokens. */
        private fun draw(chain: SamplerChain, wanted: Int): String {
            chain.reset()
            val text = ByteArrayOutputStream()
            repeat(LIMIT) {
                // Now and then without a wish: patterns may need a letter between what ends a text.
                val token = chain.apply(logits(it > wanted && it % 8 != 0)).selectedToken().orElseThrow()
                if (token == end) {
                    return text.toString(Charsets.UTF_8)
                }
                text.writeBytes(vocab.piece(token))
                chain.accept(token)
            }
            throw AssertionError("no end after $LIMIT tokens: $text")
        }

        private fun logits(toEnd: Boolean): FloatArray {
            val logits = FloatArray(pieces.size) { random.nextFloat() + preference(pieces[it], toEnd) }
            logits[end] = if (toEnd) 20f else 0f
            return logits
        }

        /** No parts of characters. */
        private fun preference(piece: String, toEnd: Boolean) = when {
            piece.isEmpty() || piece.any { it > '~' } -> -1000f
            toEnd && piece in listOf("\"", "}", "]") -> 10f
            else -> 0f
        }
    }

    private companion object {
        const val SEED = 151128L
        const val TEXTS = 20
        const val WANTED = 60
        const val LIMIT = 5000
    }
}
