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

/** One chat template, a model that has its markers and answers what the cases say, and a llama-server with both. */
final class ServerFamily implements AutoCloseable {

    private static final TokenizeOptions PARSED =
            TokenizeOptions.builder().addSpecial(false).parseSpecial(true).build();
    /** In place of a prompt that a template does not make. */
    static final String REFUSED = "refused";

    private static final int BEYOND = 64;
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

    /** What the model generated for the last request, whether llama-server could parse it or not. */
    String generated() {
        return String.valueOf(Json.readObject(server.slot()).get("generated"));
    }

    @Override
    public void close() {
        server.close();
        template.close();
        model.close();
    }
}
