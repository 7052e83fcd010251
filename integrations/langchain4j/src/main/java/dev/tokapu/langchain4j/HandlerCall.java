package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An answer for a handler: what the handler throws is told to it as an error, and the answer goes on. */
record HandlerCall(StreamedAnswer answer, StreamingChatResponseHandler handler) implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(TokapuStreamingChatModel.class);

    @Override
    public void run() {
        try {
            ChatResponse response = answer.read(event -> guarded(() -> tell(event)));
            if (response != null) {
                guarded(() -> handler.onCompleteResponse(response));
            }
        } catch (RuntimeException e) {
            if (!answer.isCancelled()) {
                fail(handler, e);
            }
        }
    }

    private void tell(ChatModelStreamingEvent event) {
        if (event instanceof PartialResponse text) {
            handler.onPartialResponse(text, new PartialResponseContext(answer));
        } else if (event instanceof PartialThinking thought) {
            handler.onPartialThinking(thought, new PartialThinkingContext(answer));
        } else if (event instanceof PartialToolCall call) {
            handler.onPartialToolCall(call, new PartialToolCallContext(answer));
        } else if (event instanceof CompleteToolCall call) {
            handler.onCompleteToolCall(call);
        }
    }

    private void guarded(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException e) {
            fail(handler, e);
        }
    }

    /** Tells a handler of an error; what it throws then is logged. */
    static void fail(StreamingChatResponseHandler handler, RuntimeException error) {
        try {
            handler.onError(error);
        } catch (RuntimeException e) {
            LOG.warn("onError of the handler {} has failed: {}", handler, e.toString(), e);
        }
    }
}
