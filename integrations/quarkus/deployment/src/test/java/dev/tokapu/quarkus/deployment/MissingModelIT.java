package dev.tokapu.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.test.QuarkusUnitTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("ffm")
@Timeout(300)
class MissingModelIT {

    private static final String PROPERTY = "quarkus.langchain4j.tokapu.chat-model.model-name";

    @RegisterExtension
    static final QuarkusUnitTest APPLICATION = Applications.with()
            .overrideConfigKey(PROPERTY, "/no/such.gguf")
            .assertException(failure -> assertThat(failure)
                    .hasStackTraceContaining(ConfigurationException.class.getName())
                    .hasStackTraceContaining("/no/such.gguf")
                    .hasStackTraceContaining("set " + PROPERTY + " to the path of a GGUF file"));

    @Inject
    ChatModel chat;

    @Test
    void application_modelIsMissing_doesNotStartAndSaysWhy() {
        fail("it has started with " + chat);
    }
}
