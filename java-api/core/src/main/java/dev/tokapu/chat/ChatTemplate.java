package dev.tokapu.chat;

import dev.tokapu.Model;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.util.Json;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A compiled chat template: the Jinja program, mostly the model's own, that turns messages into the prompt the model was
 * trained on. llama.cpp's Jinja engine runs it.
 *
 * <p>Close it when done; it keeps its model's memory alive until then.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ChatTemplate implements AutoCloseable {

    private static final int FIRST_CAPACITY = 16 * 1024;

    private static final String CHATML = "<|im_start|>";

    private final Model model;
    private final NativeHandle handle;
    private volatile @Nullable Boolean thinks;

    private @Nullable ChatTemplate withTools;

    private ChatTemplate(Model model, NativeHandle handle) {
        this.model = model;
        this.handle = handle;
    }

    /**
     * Compiles the model's own template.
     *
     * @param model the model
     * @return the template
     * @throws dev.tokapu.exception.ChatTemplateException when the model has none or it is malformed
     */
    public static ChatTemplate of(Model model) {
        return compile(model, new byte[0]);
    }

    /**
     * Compiles a template.
     *
     * @param model the model whose special tokens it uses
     * @param jinja the source
     * @return the template
     * @throws dev.tokapu.exception.ChatTemplateException when it is malformed
     */
    public static ChatTemplate of(Model model, String jinja) {
        if (jinja.isBlank()) {
            throw new IllegalArgumentException(
                    "the source of the chat template is empty; use ChatTemplate.of(model) for the model's own");
        }
        return compile(model, NativeErrors.utf8(jinja));
    }

    private static ChatTemplate compile(Model model, byte[] source) {
        NativeHandle parent = NativeHandles.of(model);
        NativeApi api = parent.api();
        long[] id = new long[1];
        parent.call(
                "compiling the chat template", modelId -> api.chatTemplates().create(modelId, source, id));
        String name = "ChatTemplate of " + parent.name();
        return new ChatTemplate(
                model,
                NativeHandle.shared(
                        api,
                        id[0],
                        name,
                        (functions, freed) -> functions.chatTemplates().free(freed)));
    }

    /**
     * The program.
     *
     * @return Jinja source
     */
    public String source() {
        long id = handle.acquire();
        try {
            NativeApi api = handle.api();
            return NativeErrors.text(
                    api,
                    "source",
                    handle.name(),
                    (buf, length) -> api.chatTemplates().source(id, buf, length));
        } finally {
            handle.release();
        }
    }

    /**
     * What the template can do, as llama.cpp found out by trying, for example {@code supports_tools}.
     *
     * @return name to answer, sorted
     */
    public Map<String, Boolean> capabilities() {
        long id = handle.acquire();
        try {
            NativeApi api = handle.api();
            String json = NativeErrors.text(
                    api,
                    "capabilities",
                    handle.name(),
                    (buf, length) -> api.chatTemplates().caps(id, buf, length));
            Map<String, Boolean> result = new TreeMap<>();
            Json.readObject(json).forEach((name, value) -> result.put(name, Boolean.TRUE.equals(value)));
            return result;
        } finally {
            handle.release();
        }
    }

    /**
     * Renders a conversation that waits for the assistant's answer.
     *
     * @param messages the conversation, oldest first
     * @return the prompt
     * @throws dev.tokapu.exception.ChatTemplateException when the template refuses the messages
     */
    public String render(List<ChatMessage> messages) {
        return render(ChatRequest.of(messages)).prompt();
    }

    /**
     * Renders a conversation.
     *
     * @param request messages, tools and variables
     * @return the prompt and what ends the answer
     * @throws dev.tokapu.exception.ChatTemplateException when the template refuses the request
     */
    public RenderedChat render(ChatRequest request) {
        Rendered rendered = render(request, false);
        return request.continueFinalMessage()
                ? rendered.chat().begun(BegunAnswer.of(this, rendered, request).whole())
                : rendered.chat();
    }

    /**
     * A rendered conversation.
     *
     * @param plain bytes of the prompt, from and to in turns, to be read as characters only: there lie the texts of control tokens that
     *     are not the template's own
     * @param cuts bytes of the prompt where the tokenizer could as well begin anew
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Rendered(RenderedChat chat, int[] plain, int[] cuts, AnswerFormat format) {}

    /** Renders a conversation, with a parser for its answer where one is wanted. */
    Rendered render(ChatRequest request, boolean parser) {
        byte[] json = NativeErrors.utf8(ChatRequestJson.write(request, parser));
        return RenderedJson.read(handle.api(), Json.readObject(new String(apply(json), StandardCharsets.UTF_8)));
    }

    /**
     * {@return this template if it knows tools, else one of the same control tokens that does, closed with this one}
     *
     * @throws ChatTemplateException when there is none
     */
    synchronized ChatTemplate forTools() {
        String own = source();
        if (own.contains("tools") || Boolean.TRUE.equals(capabilities().get("supports_tool_calls"))) {
            return this;
        }
        if (withTools == null) {
            if (!own.contains(CHATML)) {
                throw new ChatTemplateException(
                        handle.name() + " knows no tools; give one that does (ChatOptions.template),"
                                + " for example of a newer release of the model");
            }
            withTools = of(model, ToolTemplate.source());
        }
        return withTools;
    }

    /** {@return whether its model can think before it answers} */
    boolean supportsThinking() {
        Boolean known = thinks;
        if (known == null) {
            known = render(ChatRequest.of(List.of(ChatMessage.user("x"))), false)
                    .format()
                    .supportsThinking();
            thinks = known;
        }
        return known;
    }

    private byte[] apply(byte[] request) {
        NativeApi api = handle.api();
        byte[] buf = new byte[FIRST_CAPACITY];
        int[] length = new int[1];
        long id = handle.acquire();
        try {
            int status = api.chatTemplates().apply(id, request, buf, length);
            if (status == Status.ERROR_BUFFER) {
                buf = new byte[length[0]];
                status = api.chatTemplates().cachedText(buf, length);
            }
            handle.check(status, "rendering");
            return length[0] == buf.length ? buf : Arrays.copyOf(buf, length[0]);
        } finally {
            handle.release();
        }
    }

    /**
     * Whether it is closed.
     *
     * @return true after {@link #close()}
     */
    public boolean isClosed() {
        return handle.isClosed();
    }

    @Override
    public synchronized void close() {
        handle.close();
        if (withTools != null) {
            withTools.close();
        }
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
