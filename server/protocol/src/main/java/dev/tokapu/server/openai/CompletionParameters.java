package dev.tokapu.server.openai;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.completion.FillInMiddle;
import dev.tokapu.engine.Prompt;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.generate.Gap;
import dev.tokapu.server.generate.SamplingReader;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TokenAlternatives;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request to /v1/completions.
 *
 * @param model who answers
 * @param requests one for each prompt
 * @param prompts their texts, where those are told before the answers; else none
 * @param answers to each prompt
 * @param stream whether it is answered as events
 * @param usage whether a last event tells of the tokens
 * @param logprobs how many log-probabilities are told for each token; null for none of the tokens at all
 * @param scores the log-probabilities of each prompt's tokens but the first, where those are told; else none
 */
record CompletionParameters(
        ServedModel model,
        List<Request> requests,
        List<String> prompts,
        int answers,
        boolean stream,
        boolean usage,
        @Nullable Integer logprobs,
        List<List<TokenAlternatives>> scores) {

    private static final int DEFAULT_TOKENS = 16; // OpenAI's
    private static final int MOST_ALTERNATIVES = 20;
    private static final int MOST_PROMPTS = 128;

    static CompletionParameters read(Call call, ServedModel model) {
        JsonObject body = call.json();
        Vocab vocab = model.engine().model().vocab();
        List<JsonValue> given = PromptReader.prompts(body.require("prompt"), MOST_PROMPTS);
        TokenizeOptions special = TokenizeOptions.builder()
                .parseSpecial(body.flag("parse_special", false))
                .build();
        boolean echo = body.flag("echo", false);
        Integer logprobs = body.integer("logprobs", 0, MOST_ALTERNATIVES);
        String after = body.text("suffix");
        String suffix = after == null ? "" : after;
        boolean gap = !suffix.isEmpty();
        if (gap && echo && logprobs != null) {
            throw body.require("echo").wrong("cannot be true with logprobs and suffix; leave out one of them");
        }
        if (gap && special.parseSpecial()) {
            throw body.require("parse_special").wrong("cannot be true with suffix: the marks of a gap are set here");
        }
        int n = or(body.integer("n", 1, model.engine().options().maxSequences()), 1);
        JsonValue bestOf = body.get("best_of");
        if (bestOf != null && bestOf.integer(1, Integer.MAX_VALUE) != n) {
            throw bestOf.wrong("must be as n, if given: answers are not ranked here");
        }
        ChatParameters.Output output = ChatParameters.Output.streamed(body);
        int limit = or(body.integer("max_tokens", 0, Integer.MAX_VALUE), DEFAULT_TOKENS);
        Grammar grammar = FormatReader.read(body);
        GenerationOptions options = SamplingReader.withLogProbabilities(
                SamplingReader.read(body, model, limit, "stop"), logprobs == null ? 0 : Math.max(1, logprobs));
        GenerationOptions all = grammar == null ? options : options.withSamplersFirst(List.of(grammar));
        SchedulingOptions terms = Terms.read(call.caller(), model, body);
        body.rejectUnknown(Ignored.PARAMETERS);
        List<Request> requests = new ArrayList<>();
        List<String> prompts = new ArrayList<>();
        for (JsonValue one : given) {
            int[] prompt = gap
                    ? Gap.prompt(FillInMiddle.of(one.text(), suffix), model.engine(), limit, "suffix")
                    : PromptReader.tokens(one, vocab, special);
            requests.add(Problems.checked(
                    "prompt",
                    () -> Request.builder(prompt)
                            .generation(all)
                            .scheduling(terms)
                            .answers(n)
                            .build()));
            if (echo) {
                prompts.add(one.isText() ? one.text() : vocab.detokenize(prompt));
            }
        }
        return new CompletionParameters(
                model, requests, prompts, n, output.stream(), output.usage(), logprobs, List.of());
    }

    /** Whether log-probabilities of the prompts are told. */
    boolean scoresPrompts() {
        return logprobs != null && !prompts.isEmpty();
    }

    /** Has those of a prompt computed. */
    CompletableFuture<List<TokenAlternatives>> score(Request request) {
        int count = logprobs == null ? 1 : Math.max(1, logprobs);
        return model.engine().promptLogProbabilities(tokens(request), count, request.scheduling());
    }

    CompletionParameters withScores(List<List<TokenAlternatives>> value) {
        return new CompletionParameters(model, requests, prompts, answers, stream, usage, logprobs, value);
    }

    private static int[] tokens(Request request) {
        return ((Prompt.Tokens) request.prompt()).ids();
    }

    /** What is told of the tokens of an answer, behind those of its prompt where they are told; null where nothing is. */
    @Nullable
    CompletionLogprobs logprobsOf(int answer) {
        if (logprobs == null) {
            return null;
        }
        CompletionLogprobs told = new CompletionLogprobs(model.engine().model().vocab(), logprobs);
        if (!scores.isEmpty()) {
            told.first(tokens(requests.get(answer / answers))[0]);
            told.add(scores.get(answer / answers));
        }
        return told;
    }

    private static int or(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    /** Why an answer ended. */
    String finishReason(AnswerParts answer) {
        return ChatJson.finishReason(answer.text().finishReason(), false);
    }

    /** What the answers took. */
    Map<String, Object> usageOf(Answers answers) {
        return ChatJson.usage(answers.usage());
    }

    /** The text of a prompt that is told before its answers. */
    String prompt(int answer) {
        return prompts.isEmpty() ? "" : prompts.get(answer / answers);
    }
}
