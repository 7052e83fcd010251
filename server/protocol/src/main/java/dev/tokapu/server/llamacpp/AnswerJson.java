package dev.tokapu.server.llamacpp;

import dev.tokapu.DetokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.engine.PrefillProgress;
import dev.tokapu.engine.Prompt;
import dev.tokapu.engine.Request;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.LogProbabilityJson;
import dev.tokapu.server.generate.StopSequence;
import dev.tokapu.server.generate.TimingsJson;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parts of llama-server's responses.
 *
 * @param model who answers
 * @param requests one for each answer
 * @param shape what of the answers is told
 */
record AnswerJson(ServedModel model, List<Request> requests, AnswerShape shape) {

    private static final DetokenizeOptions SPECIAL = DetokenizeOptions.builder()
            .removeSpecial(false)
            .unparseSpecial(true)
            .build();

    /** What is new of an answer: a text, and tokens, of which so many were told before. */
    Map<String, Object> part(AnswerParts answer, String text, int[] tokens, int from) {
        Map<String, Object> json = content(answer, text, tokens, false);
        Usage usage = answer.text().usage();
        json.put("tokens_predicted", usage.generatedTokens());
        json.put("tokens_evaluated", usage.promptTokens());
        if (shape.timings()) {
            json.put("timings", TimingsJson.of(answer.text()));
        }
        putProbabilities(json, answer, tokens.length, from);
        return json;
    }

    /** How much of the prompt is computed, before there is anything of the answer. */
    Map<String, Object> prefilled(AnswerParts answer, PrefillProgress progress) {
        Map<String, Object> json = content(answer, "", new int[0], false);
        json.put("tokens_predicted", 0);
        json.put("tokens_evaluated", progress.promptTokens());
        if (shape.timings()) {
            json.put("timings", TimingsJson.of(progress));
        }
        json.put("prompt_progress", TimingsJson.progress(progress));
        return json;
    }

    /** An answer at its end: as a whole, or what is left to tell. */
    Map<String, Object> end(AnswerParts answer, int reported) {
        TextStream text = answer.text();
        int[] rest = text.tokens(reported);
        Request request = requests.get(answer.index());
        FinishReason reason = text.finishReason();
        Map<String, Object> json = content(
                answer,
                shape.stream() ? "" : text.textSoFar(),
                shape.stream() || shape.tokens() ? rest : new int[0],
                true);
        json.put("model", model.name());
        json.put("tokens_predicted", text.usage().generatedTokens());
        json.put("tokens_evaluated", text.usage().promptTokens());
        json.put("generation_settings", settings(request.generation()));
        json.put("prompt", prompt(request));
        json.put("has_new_line", text.textSoFar().indexOf('\n') >= 0);
        json.put("truncated", false);
        json.put("stop_type", stopType(reason));
        json.put("stopping_word", stopString(answer, request.generation()));
        json.put("timings", TimingsJson.of(text));
        if (text.usage().generatedTokens() > 0) {
            putProbabilities(json, answer, rest.length, reported);
        }
        return shape.fields().isEmpty() ? json : chosen(json);
    }

    private static Map<String, Object> content(AnswerParts answer, String text, int[] tokens, boolean stop) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("index", answer.index());
        json.put("content", text);
        json.put("tokens", Arrays.stream(tokens).boxed().toList());
        json.put("stop", stop);
        return json;
    }

    /** Of {@code count} tokens from {@code from} on. */
    private void putProbabilities(Map<String, Object> json, AnswerParts answer, int count, int from) {
        if (shape.probabilities() > 0) {
            CandidateRecorder recorder = CandidateRecorder.of(requests.get(answer.index()));
            List<TokenAlternatives> all =
                    recorder == null ? answer.text().logProbabilities(from) : recorder.noted(from);
            List<TokenAlternatives> some = all.subList(0, Math.min(count, all.size())); // without that of the end
            json.put(
                    "completion_probabilities",
                    recorder == null
                            ? LogProbabilityJson.withIds(some, shape.probabilities(), vocab())
                            : LogProbabilityJson.probabilities(some, shape.probabilities(), vocab()));
        }
    }

    private Map<String, Object> settings(GenerationOptions options) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("n_predict", options.maxTokens() == Integer.MAX_VALUE ? -1 : options.maxTokens());
        json.put("n_probs", shape.probabilities());
        json.put("post_sampling_probs", shape.sampled());
        json.put("stream", shape.stream());
        json.put("stop", options.stops());
        json.put("ignore_eos", options.ignoreEnd());
        return json;
    }

    private String prompt(Request request) {
        return request.prompt() instanceof Prompt.Tokens tokens ? vocab().detokenize(tokens.ids(), SPECIAL) : "";
    }

    private static String stopType(FinishReason reason) {
        if (reason.isCutOff()) {
            return "limit";
        }
        return reason == FinishReason.STOP_TEXT ? "word" : "eos";
    }

    private String stopString(AnswerParts answer, GenerationOptions options) {
        String found = answer.text().finishReason() == FinishReason.STOP_TEXT
                ? StopSequence.find(answer.text().tokens(), options.stops(), vocab())
                : null;
        return found == null ? "" : found;
    }

    /** The values at the paths that are asked for, each under its path. */
    private Map<String, Object> chosen(Map<String, Object> json) {
        Map<String, Object> chosen = new LinkedHashMap<>();
        for (String path : shape.fields()) {
            @Nullable Object value = json;
            for (String name : path.split("/", -1)) {
                value = value instanceof Map<?, ?> map ? map.get(name) : null;
            }
            if (value != null) {
                chosen.put(path, value);
            }
        }
        return chosen;
    }

    private Vocab vocab() {
        return model.engine().model().vocab();
    }
}
