package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelPublisherListenerTest;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.tokapu.Playbook;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LangChain4j's own tests of what a listener is told of a publisher. */
@Timeout(300)
class PublisherListenerIT extends AbstractStreamingChatModelPublisherListenerTest {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    @Override
    protected StreamingChatModel createModel(ChatModelListener listener, StreamScenario scenario) {
        Playbook playbook = new Playbook();
        if (!scenario.fail()) { // what the playbook does not know fails the generation
            playbook.says("hi", " word".repeat(scenario.contentChunks()))
                    .pace(Duration.ofMillis(scenario.spreadOverMillis() / scenario.contentChunks()));
        }
        return SCRIPTED.streaming(playbook).listeners(List.of(listener)).build();
    }
}
