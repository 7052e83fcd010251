package dev.tokapu.langchain4j;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import java.util.List;
import java.util.Set;

/** What LangChain4j asks of a chat model, streaming or not, besides answers. */
abstract class EngineChat implements AutoCloseable {

    final ChatCalls calls;

    EngineChat(ChatCalls calls) {
        this.calls = calls;
    }

    /** {@return what holds where a request says nothing; with the name of the model} */
    public TokapuChatRequestParameters defaultRequestParameters() {
        return calls.parameters();
    }

    /** {@return who is told of requests, responses and errors} */
    public List<ChatModelListener> listeners() {
        return calls.listeners();
    }

    /** {@return {@link ModelProvider#OTHER}; LangChain4j's list is closed} */
    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    /** {@return what AI services may ask for} */
    public Set<Capability> supportedCapabilities() {
        return calls.capabilities();
    }

    /** Closes what the builder has started and loaded; an engine or a model that it was given stays open. Idempotent. */
    @Override
    public void close() {
        calls.computes().close();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + calls.computes().catalog() + "]";
    }
}
