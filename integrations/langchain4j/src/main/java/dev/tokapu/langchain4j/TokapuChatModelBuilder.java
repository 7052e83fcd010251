package dev.tokapu.langchain4j;

import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.source.ModelSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings that both chat models have. What computes is given in one of four ways:
 *
 * <ul>
 *   <li>{@link #engine}: an engine that is the caller's, stays open when the chat model is closed, and may serve others
 *   <li>{@link #catalog}: several of them, by name
 *   <li>{@link #model}: a model that is the caller's; an engine is started for it, and closed with the chat model
 *   <li>{@link #modelSource}: a model that is loaded; engine and model are closed with the chat model
 * </ul>
 *
 * <p>Thread safety: confined.
 *
 * @param <B> the builder
 * @since 0.1
 */
public abstract class TokapuChatModelBuilder<B extends TokapuChatModelBuilder<B>> {

    private final DefaultChatRequestParameters.Builder<?> single = ChatRequestParameters.builder();
    private final Computation.Settings computation = new Computation.Settings();
    private ChatRequestParameters parameters = DefaultChatRequestParameters.EMPTY;
    private List<ChatModelListener> listeners = List.of();
    private Set<Capability> capabilities = Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);

    /** Nothing is set. */
    TokapuChatModelBuilder() {}

    /** {@return this} */
    abstract B self();

    /** Computes with an engine, which stays open when the chat model is closed. */
    public B engine(Engine value) {
        computation.engine = Objects.requireNonNull(value, "engine");
        return self();
    }

    /** Computes with engines that requests choose by {@code modelName}; they stay open when the chat model is closed. */
    public B catalog(TokapuModelCatalog value) {
        computation.catalog = Objects.requireNonNull(value, "catalog");
        return self();
    }

    /** Computes with a model, which stays open when the chat model is closed. */
    public B model(Model value) {
        computation.model = Objects.requireNonNull(value, "model");
        return self();
    }

    /** Computes with a model that is loaded by {@code build()} and closed with the chat model. */
    public B modelSource(ModelSource value) {
        computation.source = Objects.requireNonNull(value, "modelSource");
        return self();
    }

    /** Sets how the engine is started that a {@link #model} or a {@link #modelSource} gets. */
    public B engineOptions(EngineOptions value) {
        computation.options = Objects.requireNonNull(value, "engineOptions");
        return self();
    }

    /** Sets the name of the one model, unless set that in its file; of a {@link #catalog}, which is taken unless the request says so. */
    public B modelName(@Nullable String value) {
        single.modelName(value);
        return self();
    }

    /** Sets the temperature: 0 always takes the likeliest token. */
    public B temperature(@Nullable Double value) {
        single.temperature(value);
        return self();
    }

    /** Leaves the likeliest tokens that have this probability together. */
    public B topP(@Nullable Double value) {
        single.topP(value);
        return self();
    }

    /** Leaves as many of the likeliest tokens. */
    public B topK(@Nullable Integer value) {
        single.topK(value);
        return self();
    }

    /** Limits the length of an answer, in tokens. */
    public B maxOutputTokens(@Nullable Integer value) {
        single.maxOutputTokens(value);
        return self();
    }

    /** Sets texts that end an answer and are not part of it. */
    public B stopSequences(List<String> value) {
        single.stopSequences(value);
        return self();
    }

    /** Sets what answers have to be. */
    public B responseFormat(@Nullable ResponseFormat value) {
        single.responseFormat(value);
        return self();
    }

    /** Sets all parameters that requests need not have, for example {@link TokapuChatRequestParameters}; the single ones override them. */
    public B defaultRequestParameters(ChatRequestParameters value) {
        parameters = Objects.requireNonNull(value, "defaultRequestParameters");
        return self();
    }

    /** Sets who is told of requests, responses and errors. */
    public B listeners(List<ChatModelListener> value) {
        listeners = List.copyOf(value);
        return self();
    }

    /** Sets what AI services may ask for; schemas unless set. */
    public B supportedCapabilities(Set<Capability> value) {
        capabilities = Set.copyOf(value);
        return self();
    }

    /** What the chat model works with. */
    ChatCalls open() {
        TokapuChatRequestParameters defaults =
                TokapuChatRequestParameters.of(parameters).overrideWith(single.build());
        Computation computes = computation.open(defaults.modelName());
        String name = defaults.modelName() == null ? computes.catalog().firstName() : defaults.modelName();
        try {
            computes.catalog().engine(name);
        } catch (ModelNotFoundException e) {
            computes.close();
            throw e;
        }
        ChatRequestParameters named =
                ChatRequestParameters.builder().modelName(name).build();
        return new ChatCalls(computes, defaults.overrideWith(named), listeners, capabilities);
    }
}
