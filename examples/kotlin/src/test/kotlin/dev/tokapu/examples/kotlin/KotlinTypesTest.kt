package dev.tokapu.examples.kotlin

import dev.tokapu.chat.TypeRef
import dev.tokapu.structured.StructuredOutputException
import dev.tokapu.structured.StructuredType
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatExceptionOfType
import org.assertj.core.api.Assertions.assertThatIllegalArgumentException
import org.junit.jupiter.api.Test

/** What Kotlin's classes are in JSON, and which are refused. */
class KotlinTypesTest {

    private fun <T : Any> assertRoundTrip(type: StructuredType<T>, value: T, json: String) {
        assertThat(type.write(value)).isEqualTo(json.replace('\'', '"'))
        assertThat(type.parse(type.write(value))).isEqualTo(value)
    }

    private fun assertUnreadable(type: StructuredType<*>, json: String, place: String) {
        assertThatExceptionOfType(StructuredOutputException::class.java)
            .isThrownBy { type.parse(json.replace('\'', '"')) }
            .withMessageContaining(place)
    }

    private fun assertRefused(type: Class<*>, start: String, remedy: String) {
        assertThatIllegalArgumentException()
            .isThrownBy { StructuredType.of(type) }
            .withMessageStartingWith(start)
            .withMessageContaining(remedy)
    }

    @Test
    fun parse_valueClasses_areTheValueInside() {
        val type = StructuredType.of(Values::class.java)
        assertRoundTrip(StructuredType.of(Held::class.java), Held(Id("a"), 1), "{'id':'a','n':1}")
        assertRoundTrip(StructuredType.of(Id::class.java), Id("a"), "'a'")
        assertRoundTrip(
            type,
            Values(null, Count(1), Count(5), Tags(listOf("t")), Code("abc"), Key(Held(Id("k"), 1)), listOf(Id("i")), mapOf("m" to Count(2))),
            "{'count':1,'stars':5,'tags':['t'],'code':'abc','key':{'id':'k','n':1},'ids':['i'],'byName':{'m':2}}",
        )
        assertThat(type.parse("{'stars':1,'tags':[],'code':'','key':{'id':'k','n':1},'ids':[],'byName':{}}".replace('\'', '"')).count)
            .isEqualTo(Count(4))
    }

    @Test
    fun parse_valueClasses_keepRulesAndElements() {
        val type = StructuredType.of(Values::class.java)
        val good = "{'stars':1,'tags':['t'],'code':'abc','key':{'id':'k','n':1},'ids':[],'byName':{}}"
        assertUnreadable(type, good.replace("'stars':1", "'stars':6"), "/stars")
        assertUnreadable(type, good.replace("abc", "abcd"), "/code")
        assertUnreadable(type, good.replace("'t'", "1"), "/tags/0")
    }

    @Test
    fun of_valueClassThatHidesWhatIsInside_isRefused() {
        assertRefused(Generic::class.java, "Generic.a is a ", "use a data class")
        assertRefused(OfList::class.java, "OfList.a is a ", "use a data class")
        for (type in listOf(Took::class.java, Tried::class.java, Unsigneds::class.java)) {
            assertRefused(type, type.simpleName + ".a is a kotlin.", "UByte, UShort, UInt and ULong")
        }
    }

    @Test
    fun of_deserializerOfItsOwn_isRefused() {
        assertRefused(ByTree::class.java, "ByTree.a cannot be expressed", "@JsonDeserialize; nobody can see")
        assertRefused(ByMap::class.java, "ByMap.a cannot be expressed", "@JsonDeserialize; nobody can see")
    }

    @Test
    fun parse_recursiveClass_endsByAbsence() {
        assertRoundTrip(
            StructuredType.of(Tree::class.java),
            Tree(1, listOf(Tree(2)), Tree(3)),
            "{'v':1,'kids':[{'v':2,'kids':[]}],'up':{'v':3,'kids':[]}}",
        )
        assertThat(StructuredType.of(Tree::class.java).parse("{\"v\":1}")).isEqualTo(Tree(1))
        assertRefused(Endless::class.java, "Endless.up cannot be expressed", "without end")
    }

    @Test
    fun parse_subtypesOfNothing_areThoseOfAnyArgument() {
        val type = StructuredType.of(object : TypeRef<Res<Item>>() {})
        assertRoundTrip(type, Res.Ok(Item("a")), "{'type':'Ok','value':{'name':'a'}}")
        assertRoundTrip(type, Res.Err("m"), "{'type':'Err','message':'m'}")
        assertRoundTrip(type, Res.Gone, "{'type':'Gone'}")
        assertRoundTrip(StructuredType.of(HasRes::class.java), HasRes(Res.Gone), "{'res':{'type':'Gone'}}")
        assertRoundTrip(StructuredType.of(Res.Err::class.java), Res.Err("m"), "{'type':'Err','message':'m'}")
        assertUnreadable(type, "{'type':'Ok','value':1}", "value")
    }

    @Test
    fun parse_subtypeOfAnotherArgument_isLeftOut() {
        val type = StructuredType.of(object : TypeRef<Num<Int>>() {})
        assertRoundTrip(type, Whole(1), "{'type':'Whole','a':1}")
        assertUnreadable(type, "{'type':'Fraction','a':1.5}", "type")
    }

    @Test
    fun parse_unsigned_hasItsBounds() {
        val type = StructuredType.of(Unsigned::class.java)
        assertRoundTrip(
            type,
            Unsigned(UByte.MAX_VALUE, UShort.MAX_VALUE, UInt.MAX_VALUE, ULong.MAX_VALUE, null, listOf(0u, UInt.MAX_VALUE)),
            "{'a':255,'b':65535,'c':4294967295,'d':18446744073709551615,'f':[0,4294967295],'g':3}",
        )
        val good = "{'a':0,'b':1,'c':2,'d':3,'e':4,'f':[5],'g':0}"
        assertThat(type.parse(good.replace('\'', '"'))).isEqualTo(Unsigned(0u, 1u, 2u, 3u, 4u, listOf(5u), 0u))
        for ((name, beyond) in mapOf("a" to "256", "b" to "65536", "c" to "4294967296", "d" to "18446744073709551616", "e" to "4294967296", "g" to "6")) {
            assertUnreadable(type, good.replace(Regex("'$name':\\d"), "'$name':-1"), "/$name")
            assertUnreadable(type, good.replace(Regex("'$name':\\d"), "'$name':$beyond"), "/$name")
        }
        assertUnreadable(type, good.replace("[5]", "[-5]"), "/f/0")
    }

    @Test
    fun parse_nullable_keepsItsRulesOrIsAbsent() {
        val type = StructuredType.of(Rules::class.java)
        assertRoundTrip(type, Rules(null, null, null, null, "", ""), "{'e':'','f':''}")
        val good = "{'a':'abc','b':5,'c':'a@b.org','d':'123','e':'','f':''}"
        assertRoundTrip(type, Rules("abc", 5, "a@b.org", "123", "", ""), good)
        for (bad in listOf("'a':'abcd'", "'a':null", "'b':6", "'c':'nobody'", "'d':'12'", "'e':'abcd'", "'f':'abcd'")) {
            val name = bad.substringBefore(':')
            assertUnreadable(type, good.replace(Regex("$name:[^,}]+"), bad), "/" + name.trim('\''))
        }
    }

    @Test
    fun parse_rulesInsideTypes_areKept() {
        val type = StructuredType.of(Inner::class.java)
        assertRoundTrip(type, Inner(listOf("abc"), mapOf("k" to 5)), "{'a':['abc'],'b':{'k':5}}")
        assertUnreadable(type, "{'a':['abcd'],'b':{}}", "/a/0")
        assertUnreadable(type, "{'a':[],'b':{'k':6}}", "/b/k")
    }

    @Test
    fun parse_defaults_standInForWhatIsAbsent() {
        val type = StructuredType.of(Defaults::class.java)
        assertThat(type.parse("{}")).isEqualTo(Defaults(e = null))
        assertRoundTrip(type, Defaults(e = null), "{'a':3,'b':'x','c':[1],'d':true}")
        assertRoundTrip(type, Defaults(1, "y", listOf(), false, 1.5), "{'a':1,'b':'y','c':[],'d':false,'e':1.5}")
        assertUnreadable(type, "{'a':null}", "/a")
    }

    @Test
    fun parse_nullableElements_areNeverNull() {
        val type = StructuredType.of(Nulls::class.java)
        assertRoundTrip(type, Nulls(mapOf("k" to 1), listOf("a")), "{'map':{'k':1},'list':['a']}")
        assertUnreadable(type, "{'map':{'k':null},'list':[]}", "/map/k")
        assertUnreadable(type, "{'map':{},'list':[null]}", "/list/0")
        assertThatIllegalArgumentException()
            .isThrownBy { type.write(Nulls(mapOf(), listOf(null))) }
            .withMessageContaining("/list/0: null found")
    }

    @Test
    fun parse_objects_areTheOneInstance() {
        val type = StructuredType.of(Event::class.java)
        assertRoundTrip(type, Event.All(listOf(Event.At(1), Event.Stop, Event.Start)), "{'type':'All','events':[{'type':'At','n':1},{'type':'Stop'},{'type':'Start'}]}")
        assertThat(type.parse("{\"type\":\"Start\"}")).isSameAs(Event.Start)
        assertThat(type.parse("{\"type\":\"Stop\"}")).isSameAs(Event.Stop)
        assertThat(StructuredType.of(Event.Start::class.java).parse("{\"type\":\"Start\"}")).isSameAs(Event.Start)
    }

    @Test
    fun write_namesThatJavaSpellsOtherwise_areTheProperties() {
        val type = StructuredType.of(Names::class.java)
        assertRoundTrip(
            type,
            Names(7.5, "n", "u", true, Id("i"), null),
            "{'pH':7.5,'mName':'n','URL':'u','isGood':true,'mId':'i','xIndex':0}",
        )
        assertThat(type.parse(type.write(Names(7.5, "n", "u", true, Id("i"), 2).apply { xIndex = 3 })).xIndex).isEqualTo(3)
    }

    @Test
    fun write_privateProperties_areWhatIsRead() {
        val type = StructuredType.of(Hidden::class.java)
        assertRoundTrip(type, Hidden("s", Id("i"), true, 3), "{'secret':'s','id':'i','isOn':true,'n':3}")
        assertThat(type.parse(type.write(Hidden("s", Id("i"), false, 3))).sum()).isEqualTo(10)
        val any = StructuredType.of(Anything::class.java)
        assertThat(any.write(Anything(Hidden("s", Id("i"), true, 3), null))).doesNotContain("twice", "later")
    }

    @Test
    fun of_ignoredParameter_wantsADefault() {
        assertRoundTrip(StructuredType.of(LeftOut::class.java), LeftOut(1, c = null, d = 2), "{'a':1,'d_d':2}")
        assertRefused(LeftOutWithoutDefault::class.java, "LeftOutWithoutDefault.b is a ", "give it a default")
    }

    @Test
    fun parse_any_isNotNull() {
        val type = StructuredType.of(Anything::class.java)
        assertRoundTrip(type, Anything(mapOf("k" to listOf(1, "b", null)), null), "{'a':{'k':[1,'b',null]}}")
        assertUnreadable(type, "{'a':null}", "/a")
        assertUnreadable(type, "{'a':1,'b':null}", "/b")
    }
}
