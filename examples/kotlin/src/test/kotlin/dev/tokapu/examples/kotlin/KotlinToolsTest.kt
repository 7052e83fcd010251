package dev.tokapu.examples.kotlin

import com.fasterxml.jackson.annotation.JsonProperty
import dev.tokapu.tool.Tool
import dev.tokapu.tool.ToolCall
import dev.tokapu.tool.ToolFunction
import dev.tokapu.tool.ToolMethod
import dev.tokapu.tool.ToolResult
import dev.tokapu.tool.Tools
import jakarta.validation.constraints.Max
import jakarta.validation.constraints.Min
import jakarta.validation.constraints.Size
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

data class Order(
    @field:Size(max = 20) val product: String,
    @field:Min(1) @field:Max(9) val count: Int = 1,
    val note: String?,
    val id: Id = Id("none"),
)

data class Receipt(val order: Id, val price: Double, val comment: String? = null)

class Shop {

    @ToolMethod(name = "buy", description = "Orders a product.")
    fun buy(@JsonProperty("order") order: Order): Receipt = Receipt(order.id, 2.5 * order.count, order.note)
}

/** Tools whose arguments and results are Kotlin's data classes. */
class KotlinToolsTest {

    private fun run(tool: Tool, arguments: String): ToolResult = Tools.of(tool).run(listOf(ToolCall("1", tool.name(), arguments.replace('\'', '"')))).single()

    private fun echo() = Tool.of("order", "Orders a product.", Order::class.java, ToolFunction<Order, String> { it.toString() })

    @Test
    fun run_dataClass_isWhatTheToolGets() {
        assertThat(run(echo(), "{'product':'pan','count':3,'note':'soon','id':'a'}").text())
            .isEqualTo("Order(product=pan, count=3, note=soon, id=Id(v=a))")
    }

    @Test
    fun run_withoutNullableAndDefaults_takesNullAndTheDefaults() {
        val result = run(echo(), "{'product':'pan'}")
        assertThat(result.isError()).isFalse()
        assertThat(result.text()).isEqualTo("Order(product=pan, count=1, note=null, id=Id(v=none))")
    }

    @Test
    fun run_argumentsAgainstTheRules_goBackAsAnError() {
        for (bad in listOf("{}", "{'product':'pan','count':10}", "{'product':'a pan that is too long'}", "{'product':null}", "{'product':'pan','id':1}")) {
            val result = run(echo(), bad)
            assertThat(result.isError()).describedAs(bad).isTrue()
            assertThat(result.text()).startsWith("the arguments do not fit the tool")
        }
    }

    @Test
    fun run_dataClassAsResult_isJson() {
        val tool = Tool.of("order", "Orders a product.", Order::class.java, ToolFunction<Order, Receipt> { Receipt(it.id, 2.5 * it.count) })
        assertThat(run(tool, "{'product':'pan','count':2,'id':'a'}").text()).isEqualTo("{\"order\":\"a\",\"price\":5.0}")
    }

    @Test
    fun definition_dataClass_wantsWhatHasNoDefaultAndIsNotNullable() {
        assertThat(echo().argumentsSchema()).contains("\"required\":[\"product\"]")
    }

    @Test
    fun run_annotatedMethod_takesADataClass() {
        val tool = Tool.methodsOf(Shop()).single()
        assertThat(tool.name()).isEqualTo("buy")
        assertThat(run(tool, "{'order':{'product':'pan','count':2,'note':'soon'}}").text())
            .isEqualTo("{\"order\":\"none\",\"price\":5.0,\"comment\":\"soon\"}")
    }
}
