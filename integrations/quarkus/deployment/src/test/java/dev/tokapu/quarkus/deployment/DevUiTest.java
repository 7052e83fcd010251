package dev.tokapu.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.quarkus.TokapuDevUi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Dev mode does not run in tests: what the page and the Java code have to agree on. */
class DevUiTest {

    private final TokapuDevUiProcessor processor = new TokapuDevUiProcessor();

    @Test
    void card_hasThePageThatIsThere_whichCallsAMethodThatIsThere() throws IOException {
        String component = processor.card().getPages().get(0).build().getComponentLink();
        String script = new String(
                DevUiTest.class.getResourceAsStream("/dev-ui/" + component).readAllBytes(), StandardCharsets.UTF_8);
        Class<?> provider = processor.questions().getJsonRPCMethodProviderClass();
        assertThat(provider).isEqualTo(TokapuDevUi.class);
        assertThat(script).contains("customElements.define('" + component.replace(".js", "") + "'");
        assertThat(Arrays.stream(provider.getDeclaredMethods())
                        .map(method -> "this.jsonRpc." + method.getName() + "()"))
                .anySatisfy(call -> assertThat(script).contains(call));
    }
}
