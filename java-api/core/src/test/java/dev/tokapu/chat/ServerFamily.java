package dev.tokapu.chat;

import dev.tokapu.Model;
import dev.tokapu.TemplateMarkers;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.VocabFile;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.internal.util.Json;
import dev.tokapu.testsupport.LlamaServer;
import dev.tokapu.testsupport.ScriptedGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One chat template, a model that has its markers and answers what the cases say, and a llama-server with both. */
final class ServerFamily implements AutoCloseable {

    private static final TokenizeOptions PARSED =
            TokenizeOptions.builder().addSpecial(false).parseSpecial(true).build();
    /** In place of a prompt that a template does not make. */
    static final String REFUSED = "refused";

    private static final int BEYOND = 64;
    private static final List<String> TRIGGERS = List.of("token", "word", "pattern", "pattern_full");
    private static final Set<String> COMPLETION = Set.of(
            "prompt",
            "grammar",
            "grammar_lazy",
            "grammar_triggers",
            "preserved_tokens",
            "generation_prompt",
            "reasoning_budget_tokens",
            "reasoning_budget_start_tag",
            "reasoning_budget_end_tags",
            "stop",
            "max_tokens",
            "temperature");

    final String name;
    final String source;
    final Model model;
    final JsonTemplate template;
    final LlamaServer server;

    /** The cases' requests, so long that every answer has its own positions in the script, and their limits of tokens. */
    final List<ServerCase> cases = new ArrayList<>();

    private final ScriptedGguf script;

    /** {@code speaking}: whether there are cases; else the model ends every answer at once. */
    ServerFamily(Path file, Path folder, boolean speaking) throws IOException {
        name = name(file);
        source = Files.readString(file);
        List<String> control = new ArrayList<>(TemplateMarkers.of(source));
        List<String> userDefined = new ArrayList<>(control);
        userDefined.removeIf(text -> !text.matches("</?[a-z_:]+>"));
        control.removeAll(userDefined);
        script = new ScriptedGguf(control, userDefined);
        model = VocabFile.load(Files.write(folder.resolve(name + "-vocabulary.gguf"), script.bytes()));
        template = new JsonTemplate(model, source);
        for (ServerCase scripted : speaking ? ServerCases.of(template, source) : List.<ServerCase>of()) {
            cases.add(isRefused(scripted.request()) ? scripted : placed(scripted));
        }
        Path scripted = Files.write(folder.resolve(name + ".gguf"), script.bytes());
        server = LlamaServer.start(
                Path.of(System.getProperty("tokapu.root")),
                scripted,
                List.of("--jinja", "--no-prefill-assistant", "--chat-template-file", file.toString()));
    }

    static String name(Path file) {
        return file.getFileName().toString().replace(".jinja", "");
    }

    private int[] tokens(String text) {
        return model.vocab().tokenize(text, PARSED);
    }

    private ServerCase placed(ServerCase scripted) {
        int[] answer = tokens(scripted.answer());
        Map<String, Object> request = new LinkedHashMap<>(scripted.request());
        int length = length(request);
        for (int pad = 0; script.free(length, answer.length) > length; length = length(request)) {
            pad += script.free(length, answer.length) - length;
            request.put(
                    "messages",
                    List.of(ServerAnswers.message("user", "How is the weather in Rome?" + "?".repeat(pad))));
        }
        script.say(length, answer);
        request.put("max_tokens", scripted.whole() ? answer.length + BEYOND : answer.length);
        request.put("temperature", 0);
        return new ServerCase(scripted.name(), request, scripted.answer(), scripted.whole());
    }

    /** Whether the template, or llama.cpp for it, does not make a prompt of a request. */
    boolean isRefused(Map<String, Object> request) {
        try {
            template.apply(request);
            return false;
        } catch (ChatTemplateException e) {
            return true;
        }
    }

    private int length(Map<String, Object> request) {
        return tokens(String.valueOf(template.apply(request).get("prompt"))).length;
    }

    /** The prompt that llama-server makes of a request, or {@link #REFUSED}. */
    String prompt(Map<String, Object> request) {
        LlamaServer.Answer answer = server.post("/apply-template", Json.write(request));
        return answer.status() == 200
                ? String.valueOf(Json.readObject(answer.body()).get("prompt"))
                : REFUSED;
    }

    /**
     * What the model generates where llama-server only says that it cannot parse it: the same request without the parser.
     *
     * @param request of one of the cases
     */
    String raw(Map<String, Object> request) {
        Map<String, Object> body = new LinkedHashMap<>(template.apply(request));
        body.put("grammar_triggers", triggers((List<?>) body.get("grammar_triggers")));
        body.put("stop", body.get("stops"));
        if (!((List<?>) body.get("thinking_end_tags")).isEmpty()) {
            // Within a thought nothing wakes a lazy grammar.
            body.put("reasoning_budget_tokens", -1);
            body.put("reasoning_budget_start_tag", body.get("thinking_start_tag"));
            body.put("reasoning_budget_end_tags", body.get("thinking_end_tags"));
        }
        body.put("max_tokens", request.get("max_tokens"));
        body.put("temperature", 0);
        body.keySet().retainAll(COMPLETION);
        LlamaServer.Answer answer = server.post("/completion", Json.write(body));
        return String.valueOf(Json.readObject(answer.body()).get("content"));
    }

    private static List<Map<String, Object>> triggers(List<?> named) {
        List<Map<String, Object>> numbered = new ArrayList<>();
        for (Object trigger : named) {
            Map<String, Object> copy = new LinkedHashMap<>();
            ((Map<?, ?>) trigger).forEach((key, value) -> copy.put(String.valueOf(key), value));
            copy.put("type", TRIGGERS.indexOf(copy.get("type")));
            numbered.add(copy);
        }
        return numbered;
    }

    @Override
    public void close() {
        server.close();
        template.close();
        model.close();
    }
}
