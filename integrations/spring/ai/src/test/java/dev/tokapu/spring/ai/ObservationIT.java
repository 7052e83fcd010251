package dev.tokapu.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Playbook;
import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestObserver;
import dev.tokapu.engine.SubmittedRequest;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.Prompt;

/** Calls as Spring AI's observations, with the keys of gen_ai's conventions. */
@Timeout(300)
class ObservationIT {

    private static final Playbook PLAYBOOK = new Playbook().says("Hello", "Good morning.");

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    private final TestObservationRegistry registry = TestObservationRegistry.create();

    private TokapuChatModel chat() {
        return SCRIPTED.builder(PLAYBOOK)
                .options(SCRIPTED.options(PLAYBOOK, () -> {})
                        .temperature(0.5)
                        .maxTokens(20)
                        .build())
                .observationRegistry(registry)
                .build();
    }

    private void assertObserved() {
        TestObservationRegistryAssert.assertThat(registry)
                .doesNotHaveAnyRemainingCurrentObservation()
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasContextualNameEqualTo("chat Hollow")
                .hasLowCardinalityKeyValue("gen_ai.operation.name", "chat")
                .hasLowCardinalityKeyValue("gen_ai.system", "tokapu")
                .hasLowCardinalityKeyValue("gen_ai.request.model", "Hollow")
                .hasLowCardinalityKeyValue("gen_ai.response.model", "Hollow")
                .hasHighCardinalityKeyValue("gen_ai.request.temperature", "0.5")
                .hasHighCardinalityKeyValue("gen_ai.request.max_tokens", "20")
                .hasHighCardinalityKeyValue("gen_ai.response.finish_reasons", "[\"STOP\"]")
                .hasHighCardinalityKeyValueWithKey("gen_ai.response.id")
                .hasHighCardinalityKeyValueWithKey("gen_ai.usage.input_tokens")
                .hasHighCardinalityKeyValueWithKey("gen_ai.usage.output_tokens")
                .hasHighCardinalityKeyValueWithKey("gen_ai.usage.cache_read.input_tokens")
                .hasBeenStarted()
                .hasBeenStopped();
    }

    @Test
    void call_isObserved() {
        chat().call(new Prompt("Hello"));
        assertObserved();
    }

    @Test
    void stream_isObserved() {
        chat().stream(new Prompt("Hello")).blockLast();
        assertObserved();
    }

    @Test
    void requests_areSubmittedWithinTheirObservation() {
        List<Observation> current = new CopyOnWriteArrayList<>();
        RequestObserver observer = new RequestObserver() {
            @Override
            public void finished(FinishedRequest request) {}

            @Override
            public RequestObserver submitting(SubmittedRequest request) {
                current.add(registry.getCurrentObservation());
                return this;
            }
        };
        Runnable end = SCRIPTED.engine().observe(observer);
        chat().call(new Prompt("Hello"));
        chat().stream(new Prompt("Hello")).blockLast();
        end.run();
        assertThat(current)
                .extracting(observation -> observation.getContextView().getName())
                .containsExactly("gen_ai.client.operation", "gen_ai.client.operation");
    }

    @Test
    void call_fails_isObserved() {
        assertThatThrownBy(() -> chat().call(new Prompt("word ".repeat(3000))));
        TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasError()
                .hasBeenStopped();
    }

    @Test
    void stream_cancelled_isStopped() {
        chat().stream(new Prompt("Hello")).take(1).blockLast();
        TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasBeenStopped();
    }

    @Test
    void call_ownConvention_isTaken() {
        TokapuChatModel chat = chat();
        chat.setObservationConvention(new DefaultChatModelObservationConvention() {
            @Override
            public KeyValues getLowCardinalityKeyValues(ChatModelObservationContext context) {
                return super.getLowCardinalityKeyValues(context).and("mine", "yes");
            }
        });
        chat.call(new Prompt("Hello"));
        TestObservationRegistryAssert.assertThat(registry)
                .hasObservationWithNameEqualTo("gen_ai.client.operation")
                .that()
                .hasLowCardinalityKeyValue("mine", "yes");
        assertThat(chat.getOptions().getModel()).isEqualTo(ScriptedEngine.NAME);
    }
}
