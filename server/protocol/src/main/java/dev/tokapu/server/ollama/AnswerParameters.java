package dev.tokapu.server.ollama;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.completion.FillInMiddle;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.AnswerBeginning;
import dev.tokapu.server.generate.Gap;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.openai.ToolReader;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to /api/chat or /api/generate.
 *
 * @param name how the request names the model
 * @param model who answers
 * @param request what is asked for; null when the model shall only be loaded
 * @param shape how it is written
 * @param stream whether it is written as it grows
 */
record AnswerParameters(
        String name, ServedModel model, @Nullable Request request, AnswerShape shape, boolean stream) {

    /** A request to /api/chat. */
    static AnswerParameters chat(Call call, ServedModel model) {
        JsonObject body = call.json();
        String name = ModelNames.named(body);
        List<ChatMessage> messages = MessageReader.read(body.elements("messages"));
        ChatRequest.Builder chat = ChatRequest.builder(messages).continueFinalMessage(AnswerBeginning.isLast(messages));
        ToolReader.read(body, chat);
        chat.answerGrammar(OptionsReader.format(body)).reasoning(reasoning(body, model));
        GenerationOptions options = OptionsReader.read(body, model);
        boolean stream = body.flag("stream", true);
        refuseOthers(body);
        Request request = messages.isEmpty()
                ? null
                : request(call, model, Request.builder(Problems.checked("messages", chat::build)), options);
        return new AnswerParameters(name, model, request, AnswerShape.CHAT, stream);
    }

    /** A request to /api/generate. */
    static AnswerParameters generate(Call call, ServedModel model) {
        JsonObject body = call.json();
        String name = ModelNames.named(body);
        refuse(body, "template", "the model's own template is used; send raw: true with a rendered prompt instead");
        refuse(body, "context", "conversations are sent to /api/chat as messages");
        MessageReader.refuseImages(body);
        String prompt = body.text("prompt");
        String system = body.text("system");
        String given = body.text("suffix");
        String suffix = given == null ? "" : given;
        boolean gap = !suffix.isEmpty();
        boolean raw = body.flag("raw", false) || gap || !model.engine().model().hasChatTemplate();
        if (raw && system != null && !system.isEmpty()) {
            throw body.require("system").wrong("cannot be given where no template is applied; put it into prompt");
        }
        Grammar format = OptionsReader.format(body);
        ReasoningOptions reasoning = reasoning(body, model);
        GenerationOptions options = OptionsReader.read(body, model);
        boolean stream = body.flag("stream", true);
        refuseOthers(body);
        if (prompt == null || prompt.isEmpty()) {
            return new AnswerParameters(name, model, null, AnswerShape.GENERATE, stream);
        }
        Request request = raw
                ? request(
                        call,
                        model,
                        Request.builder(gap ? gap(prompt, suffix, model, options) : tokens(prompt, model)),
                        format == null ? options : options.withSamplersFirst(List.of(format)))
                : request(call, model, Request.builder(chat(system, prompt, format, reasoning)), options);
        return new AnswerParameters(name, model, request, AnswerShape.GENERATE, stream);
    }

    private static int[] tokens(String prompt, ServedModel model) {
        Vocab vocab = model.engine().model().vocab();
        return vocab.tokenize(
                prompt, TokenizeOptions.builder().parseSpecial(true).build());
    }

    private static int[] gap(String prefix, String suffix, ServedModel model, GenerationOptions options) {
        return Gap.prompt(FillInMiddle.of(prefix, suffix), model.engine(), options.maxTokens(), "suffix");
    }

    private static ChatRequest chat(
            @Nullable String system, String prompt, @Nullable Grammar format, ReasoningOptions reasoning) {
        List<ChatMessage> messages = new ArrayList<>();
        if (system != null && !system.isEmpty()) {
            messages.add(ChatMessage.system(system));
        }
        messages.add(ChatMessage.user(prompt));
        return ChatRequest.builder(messages)
                .answerGrammar(format)
                .reasoning(reasoning)
                .build();
    }

    private static Request request(Call call, ServedModel model, Request.Builder request, GenerationOptions options) {
        return Problems.checked(
                "options",
                () -> request.generation(options)
                        .scheduling(Terms.of(call.caller(), model, null, null))
                        .build());
    }

    /** Whether and how much to think: think is true, false, or how much. */
    private static ReasoningOptions reasoning(JsonObject body, ServedModel model) {
        JsonValue think = body.get("think");
        ReasoningOptions reasoning = model.defaults().reasoning();
        if (think == null) {
            return reasoning;
        }
        ReasoningOptions thinking = reasoning.enabled() ? reasoning : ReasoningOptions.defaults();
        if (think.isText()) {
            return thinking.withEffort(think.oneOf("low", "medium", "high"));
        }
        return think.flag() ? thinking : ReasoningOptions.off();
    }

    /** What clients send empty when they do not mean it. */
    private static void refuse(JsonObject body, String name, String why) {
        JsonValue value = body.get(name);
        boolean empty = value == null
                || (value.isArray() ? value.elements().isEmpty() : value.text().isEmpty());
        if (value != null && !empty) {
            throw value.wrong("is not supported: " + why);
        }
    }

    private static void refuseOthers(JsonObject body) {
        JsonValue logprobs = body.get("logprobs");
        if (logprobs != null && logprobs.flag()) {
            throw logprobs.wrong("must be false, if given; /v1/chat/completions tells log-probabilities");
        }
        body.rejectUnknown(Set.of());
    }
}
