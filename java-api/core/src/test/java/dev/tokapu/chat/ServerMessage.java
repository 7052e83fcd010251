package dev.tokapu.chat;

import dev.tokapu.exception.AnswerFormatException;
import dev.tokapu.internal.util.Json;
import dev.tokapu.testsupport.LlamaServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message that was parsed from what a model said.
 *
 * @param problem {@link #FORMAT} or {@link ServerFamily#REFUSED} where there is none, else empty
 * @param content the text
 * @param reasoning the thought
 * @param calls name and arguments of each tool call
 */
record ServerMessage(String problem, String content, String reasoning, List<String> calls) {

    /** The problem of a text that is not in the template's format. */
    static final String FORMAT = "not in the format";

    private static final ServerMessage EMPTY = new ServerMessage("", "", "", List.of());
    private static final String EVENT = "data: {";

    /**
     * A message and what the model was held to.
     *
     * @param grammar empty for nothing, and where there is a problem
     */
    record Parsed(ServerMessage message, String grammar) {}

    /** What llama-server answers. */
    static Parsed of(LlamaServer server, Map<String, Object> request) {
        Map<String, Object> body = new LinkedHashMap<>(request);
        body.put("verbose", true);
        LlamaServer.Answer answer = server.post("/v1/chat/completions", Json.write(body));
        Map<String, ?> json = Json.readObject(answer.body());
        Building building = new Building();
        if (answer.status() != 200) {
            building.problem = problem(json.get("error"));
            return new Parsed(building.message(), "");
        }
        building.add(map(map(((List<?>) json.get("choices")).get(0)).get("message")));
        Map<?, ?> verbose = map(json.get("__verbose"));
        String grammar = text(map(verbose.get("generation_settings")), "grammar");
        return new Parsed(building.message(), grammar);
    }

    /** What llama-server answers in pieces, put together. */
    static ServerMessage streamed(LlamaServer server, Map<String, Object> request) {
        Map<String, Object> body = new LinkedHashMap<>(request);
        body.put("stream", true);
        Building building = new Building();
        for (String line :
                server.post("/v1/chat/completions", Json.write(body)).body().split("\n", -1)) {
            if (!line.startsWith(EVENT)) {
                continue;
            }
            Map<String, ?> json = Json.readObject(line.substring(EVENT.length() - 1));
            if (json.get("error") != null) {
                building.problem = problem(json.get("error"));
            } else if (!((List<?>) json.get("choices")).isEmpty()) {
                building.add(map(map(((List<?>) json.get("choices")).get(0)).get("delta")));
            }
        }
        return building.message();
    }

    /** What is there instead of a message. */
    static ServerMessage ofProblem(String problem) {
        return new ServerMessage(problem, "", "", List.of());
    }

    /** What our parser makes of a text. */
    static ServerMessage parsed(@Nullable AnswerParser parser, String raw) {
        Building building = new Building();
        try {
            ParsedAnswer answer = parser == null ? ParsedAnswer.ofText(raw) : parser.parse(raw, false);
            building.content.append(answer.text());
            building.reasoning.append(answer.reasoning());
            for (ParsedAnswer.Call call : answer.calls()) {
                building.calls.add(new StringBuilder(call.name()));
                building.calls.add(new StringBuilder(call.arguments()));
            }
            // Where it finds nothing llama-server gives the text as it is.
            if (building.message().equals(EMPTY)) {
                building.content.append(raw);
            }
        } catch (AnswerFormatException e) {
            building.problem = FORMAT;
        }
        return building.message();
    }

    /** What is new in a text that grows by one character at a time, put together. */
    static ServerMessage assembled(@Nullable AnswerParser parser, String raw) {
        AnswerAssembly assembly = new AnswerAssembly(parser, "");
        Building building = new Building();
        raw.codePoints().forEach(character -> {
            assembly.add(Character.toString(character));
            building.add(assembly);
        });
        assembly.finish(false);
        building.add(assembly);
        if (assembly.problem().isPresent()) {
            building.problem = FORMAT;
        }
        return building.message();
    }

    private static String problem(Object error) {
        String message = text(map(error), "message");
        return message.contains("does not match the expected") ? FORMAT : ServerFamily.REFUSED;
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }

    private static String text(Map<?, ?> json, String key) {
        Object value = json.get(key);
        return value == null ? "" : value.toString();
    }

    /** A message that comes in pieces, or in one. */
    private static final class Building {

        private final StringBuilder content = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        private final List<StringBuilder> calls = new ArrayList<>();
        private String problem = "";

        void add(Map<?, ?> piece) {
            content.append(text(piece, "content"));
            reasoning.append(text(piece, "reasoning_content"));
            if (!(piece.get("tool_calls") instanceof List<?> list)) {
                return;
            }
            for (int i = 0; i < list.size(); i++) {
                Map<?, ?> call = map(list.get(i));
                int index = call.get("index") instanceof Number number ? number.intValue() : i;
                while (calls.size() <= 2 * index + 1) {
                    calls.add(new StringBuilder());
                }
                Map<?, ?> function = map(call.get("function"));
                calls.get(2 * index).append(text(function, "name"));
                calls.get(2 * index + 1).append(text(function, "arguments"));
            }
        }

        void add(AnswerAssembly assembly) {
            for (AnswerDelta delta = assembly.poll(); delta != null; delta = assembly.poll()) {
                if (delta instanceof AnswerDelta.Text text) {
                    content.append(text.text());
                } else if (delta instanceof AnswerDelta.Reasoning thought) {
                    reasoning.append(thought.text());
                } else if (delta instanceof AnswerDelta.CallStarted started) {
                    calls.add(new StringBuilder(started.name()));
                    calls.add(new StringBuilder());
                } else if (delta instanceof AnswerDelta.CallArguments arguments) {
                    calls.get(2 * arguments.index() + 1).append(arguments.json());
                }
            }
        }

        ServerMessage message() {
            if (!problem.isEmpty()) {
                return ofProblem(problem);
            }
            return new ServerMessage(
                    problem,
                    content.toString(),
                    reasoning.toString(),
                    calls.stream().map(StringBuilder::toString).toList());
        }
    }
}
