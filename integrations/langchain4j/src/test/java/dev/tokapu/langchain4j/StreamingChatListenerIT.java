package dev.tokapu.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.tokapu.Playbook;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LangChain4j's own tests of what a listener is told of a stream. */
@Timeout(300)
class StreamingChatListenerIT extends AbstractStreamingChatModelListenerIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    @Override
    protected StreamingChatModel createModel(ChatModelListener listener) {
        return SCRIPTED.streaming(ChatScript.playbook())
                .temperature(temperature())
                .topP(topP())
                .maxOutputTokens(maxTokens())
                .listeners(List.of(listener))
                .build();
    }

    @Override
    protected String modelName() {
        return ScriptedEngine.NAME;
    }

    @Override
    protected StreamingChatModel createFailingModel(ChatModelListener listener) {
        return SCRIPTED.streaming(new Playbook()).listeners(List.of(listener)).build();
    }

    @Override
    protected Class<? extends Exception> expectedExceptionClass() {
        return InternalServerException.class;
    }
}
