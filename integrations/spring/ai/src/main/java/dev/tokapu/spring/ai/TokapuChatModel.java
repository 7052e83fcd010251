package dev.tokapu.spring.ai;

import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Generation;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationConvention;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingManager;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Spring AI's chat model on an engine of this process: tools, typed answers and thoughts with any model that has a chat template.
 *
 * <pre>{@code
 * ChatModel chat = TokapuChatModel.builder()
 *         .engine(engine)
 *         .options(TokapuChatOptions.builder().temperature(0.2).build())
 *         .build();
 * String answer = ChatClient.create(chat).prompt("Why is the sky blue?").call().content();
 * }</pre>
 *
 * <p>As all models of Spring AI 2 it does not run tools: its answer has the calls, and a {@code ToolCallingAdvisor} runs them. The options of
 * a prompt are taken as they are; those of the model hold for prompts without options, and a {@code ChatClient} adds its own to them.
 *
 * <p>A stream computes as much as its subscriber requests: the engine gets the request with the first demand, is paused when it is some
 * dozens of tokens ahead, and drops the answer within a step when the subscription is cancelled. Parts that nobody has taken yet come as one.
 * The last part has the finish reason, the usage and all tool calls. An interrupt of a thread in {@link #call} cancels the answer.
 *
 * <p>Thread safety: safe; the engine computes the answers of all threads together.
 *
 * @since 0.1
 */
public final class TokapuChatModel implements ChatModel {

    /** The key in the metadata of a message under which its thought is: in a stream what is new of it, else all of it. */
    public static final String THINKING = "thinking";

    /** The key in the metadata of a message under which the whole thought is, in a stream that of the last part. */
    public static final String THOUGHTS = "thoughts";

    /** The key in the metadata of a response under which the {@link dev.tokapu.engine.RequestTimings} are. */
    public static final String TIMINGS = "timings";

    static final String PROVIDER = "tokapu";

    private static final ChatModelObservationConvention DEFAULT_CONVENTION =
            new DefaultChatModelObservationConvention();

    private final Engine engine;
    private final String name;
    private final TokapuChatOptions options;
    private final ToolCallingManager tools;
    private final ObservationRegistry observations;
    private final Scheduler scheduler;
    private volatile ChatModelObservationConvention convention = DEFAULT_CONVENTION;

    private TokapuChatModel(Builder builder) {
        this.engine = Objects.requireNonNull(builder.engine, "engine is not set; set what computes the answers");
        this.name = ModelNames.of(builder.options.getModel(), engine.model());
        this.options = builder.options.mutate().model(name).build();
        this.tools = builder.tools;
        this.observations = builder.observations;
        this.scheduler = builder.scheduler;
    }

    /** {@return a builder} */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public ChatResponse call(Prompt prompt) {
        Prompt request = withOptions(prompt);
        ChatModelObservationContext context = context(request, false);
        return Objects.requireNonNull(observation(context).observe(() -> {
            ChatResponse response = Failures.mapped(() -> answer(request));
            context.setResponse(response);
            return response;
        }));
    }

    @SuppressWarnings("CheckReturnValue") // the text is in the response
    private ChatResponse answer(Prompt prompt) {
        ChatCall call = read(prompt);
        try (Generation generation = call.submit()) {
            ChatAnswer answer = generation.chatAnswer();
            answer.text();
            return call.whole(generation, answer);
        }
    }

    @Override
    public Flux<ChatResponse> stream(Prompt prompt) {
        Prompt request = withOptions(prompt);
        return Flux.deferContextual(view -> {
            ChatModelObservationContext context = context(request, true);
            Observation observation = observation(context);
            Observation parent = view.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
            observation.parentObservation(parent).start();
            AtomicBoolean stopped = new AtomicBoolean();
            Runnable stop = () -> {
                if (stopped.compareAndSet(false, true)) {
                    observation.stop();
                }
            };
            return Flux.<ChatResponse>create(sink -> new AnswerPump(
                                    () -> read(request), context::setResponse, observation, sink, scheduler)
                            .start())
                    .doOnError(observation::error)
                    .doOnTerminate(stop) // who sees the end finds it observed
                    .doOnCancel(stop)
                    .contextWrite(written -> written.put(ObservationThreadLocalAccessor.KEY, observation));
        });
    }

    private Prompt withOptions(Prompt prompt) {
        return prompt.mutate()
                .chatOptions(prompt.getOptions() == null ? options : TokapuChatOptions.of(prompt.getOptions()))
                .build();
    }

    private ChatCall read(Prompt prompt) {
        TokapuChatOptions asked = TokapuChatOptions.of(prompt.getOptions());
        ModelNames.require(asked.getModel(), name);
        return ChatCall.of(
                engine, name, RequestReader.read(prompt.getInstructions(), asked, tools.resolveToolDefinitions(asked)));
    }

    private static ChatModelObservationContext context(Prompt prompt, boolean streaming) {
        return ChatModelObservationContext.builder()
                .prompt(prompt)
                .provider(PROVIDER)
                .streaming(streaming)
                .build();
    }

    private Observation observation(ChatModelObservationContext context) {
        return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION.observation(
                convention, DEFAULT_CONVENTION, () -> context, observations);
    }

    /** {@return what holds for prompts without options; with the name of the model} */
    @Override
    public TokapuChatOptions getOptions() {
        return options;
    }

    /** Sets what observations are called and have. */
    public void setObservationConvention(ChatModelObservationConvention value) {
        convention = Objects.requireNonNull(value, "convention");
    }

    @Override
    public String toString() {
        return "TokapuChatModel[" + name + "]";
    }

    /**
     * A builder for {@link TokapuChatModel}.
     *
     * <p>Thread safety: confined.
     *
     * @since 0.1
     */
    public static final class Builder {

        private @Nullable Engine engine;
        private TokapuChatOptions options = TokapuChatOptions.builder().build();
        private ToolCallingManager tools = ToolCallingManager.builder().build();
        private ObservationRegistry observations = ObservationRegistry.NOOP;
        private Scheduler scheduler = Schedulers.boundedElastic();

        private Builder() {}

        /** Sets what computes the answers: it stays the caller's, and may serve others at the same time. */
        public Builder engine(Engine value) {
            engine = Objects.requireNonNull(value, "engine");
            return this;
        }

        /** Sets what holds for prompts without options; {@code model} of them is what the model is called, that in its file unless set. */
        public Builder options(TokapuChatOptions value) {
            options = Objects.requireNonNull(value, "options");
            return this;
        }

        /** Sets what finds the definitions of tools. */
        public Builder toolCallingManager(ToolCallingManager value) {
            tools = Objects.requireNonNull(value, "toolCallingManager");
            return this;
        }

        /** Sets where calls are observed; nowhere unless set. */
        public Builder observationRegistry(ObservationRegistry value) {
            observations = Objects.requireNonNull(value, "observationRegistry");
            return this;
        }

        /** Sets the threads that hand on streams; {@link Schedulers#boundedElastic()} unless set. */
        public Builder scheduler(Scheduler value) {
            scheduler = Objects.requireNonNull(value, "scheduler");
            return this;
        }

        /**
         * The chat model.
         *
         * @return the model; it needs no closing
         * @throws NullPointerException when no engine is set
         */
        public TokapuChatModel build() {
            return new TokapuChatModel(this);
        }
    }
}
