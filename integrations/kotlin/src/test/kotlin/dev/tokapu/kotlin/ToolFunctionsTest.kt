package dev.tokapu.kotlin

import dev.tokapu.tool.Tool
import dev.tokapu.tool.ToolCall
import dev.tokapu.tool.ToolResult
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.serialization.Serializable
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.time.Duration

@Serializable
@Description("what to buy")
data class Order(@Description("the name") val product: String, val count: Int = 1, val note: String?)

/** Functions of Kotlin as tools. */
class ToolFunctionsTest {
    private fun run(tool: Tool, arguments: String): ToolResult = tools { add(tool) }.run(listOf(ToolCall("1", tool.name(), arguments))).single()

    private val echo = tool("echo", "Says it again.") { order: Order -> order.toString() }

    @Test
    fun tool_takesAndGivesValues() {
        assertThat(run(echo, """{"product":"pan","count":2,"note":null}""").text()).isEqualTo("Order(product=pan, count=2, note=null)")
        val list = tool("list", "Lists.") { order: Order -> List(order.count) { order } }
        assertThat(run(list, """{"product":"pan","note":"soon"}""").text()).isEqualTo("""[{"product":"pan","note":"soon"}]""")
        val now = tool("now", "The time.") { _: Unit -> 10.5 }
        assertThat(run(now, "").text()).isEqualTo("10.5")
    }

    @Test
    fun tool_whoseArgumentsDoNotFit_isNotRun() {
        for (bad in listOf("{}", """{"product":"pan"}""", """{"product":1,"note":null}""", """{"product":"pan","note":null,"more":1}""", "[]", "{")) {
            val result = run(echo, bad)
            assertThat(result.isError()).describedAs(bad).isTrue()
            assertThat(result.text()).startsWith("the arguments do not fit the tool")
        }
    }

    @Test
    fun definition_hasWhatTheModelHasToKnow() {
        assertThat(echo.definition().parametersJsonSchema()).isEqualTo(
            """{"description":"what to buy","type":"object","properties":{"product":{"description":"the name","type":"string"},""" +
                """"count":{"type":"integer"},"note":{"anyOf":[{"type":"string"},{"type":"null"}]}},"required":["product","note"]}""",
        )
        assertThat(echo.argumentsSchema()).contains("\"maximum\":2147483647", "\"additionalProperties\":false")
    }

    @Test
    fun tool_thatThrows_tellsTheModel() {
        val failing = tool<Unit, Unit>("fail", "Fails.") { throw IllegalStateException("the oven is cold") }
        assertThat(run(failing, "{}")).isEqualTo(ToolResult("1", "fail", "the oven is cold", true))
    }

    @Test
    fun tool_thatTakesTooLong_isCancelled() {
        val ended = CompletableDeferred<Unit>()
        val slow = tool<Unit, Unit>("slow", "Waits.") {
            try {
                awaitCancellation()
            } catch (e: CancellationException) {
                ended.complete(Unit)
                throw e
            }
        }
        assertThat(run(slow.withTimeout(Duration.ofMillis(50)), "{}").text()).contains("not done within 50 ms")
        coroutines { ended.await() }
    }

    @Test
    fun tool_whoseArgumentsAreNoObject_isRefused() {
        assertThat(assertThrows<IllegalArgumentException> { tool("list", "Lists.") { all: List<Int> -> all.size } })
            .hasMessageContaining("put it into a class")
    }
}
