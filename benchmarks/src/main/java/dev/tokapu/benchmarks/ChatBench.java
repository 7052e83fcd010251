package dev.tokapu.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatPrompt;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatTokenizer;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a turn of a long conversation with many tools takes besides the model: its prompt as tokens, and its answer taken apart. Prints
 * one JSON object with the tokens of each prompt and the milliseconds of each turn.
 *
 * <p>Arguments: model file, file of tools (name, description, schema a line, with tabs between), file of messages (role and text; of
 * a call: {@code call}, id, name, arguments; of its result: {@code tool}, id, text), file of an answer, messages of the first turn, turns, pieces that
 * the answer comes in.
 */
public final class ChatBench {

    private final Model model;
    private final List<ToolDefinition> tools;
    private final List<String> answer;

    private ChatBench(Model model, List<ToolDefinition> tools, List<String> answer) {
        this.model = model;
        this.tools = tools;
        this.answer = answer;
    }

    /**
     * Runs it.
     *
     * @param args as above
     * @throws IOException if a file cannot be read
     */
    public static void main(String[] args) throws IOException {
        List<ToolDefinition> tools = Files.readAllLines(Path.of(args[1])).stream()
                .map(line -> line.split("\t"))
                .map(tool -> new ToolDefinition(tool[0], tool[1], tool[2]))
                .toList();
        List<ChatMessage> messages = Files.readAllLines(Path.of(args[2])).stream()
                .map(line -> message(line.split("\t")))
                .toList();
        List<String> answer = pieces(Files.readString(Path.of(args[3])), Integer.parseInt(args[6]));
        try (Model model = Model.load(
                Path.of(args[0]), ModelOptions.builder().vocabOnly(true).build())) {
            ChatBench bench = new ChatBench(model, tools, answer);
            System.out.println(bench.turns(messages, Integer.parseInt(args[4]), Integer.parseInt(args[5])));
        }
    }

    private static ChatMessage message(String... line) {
        return switch (line[0]) {
            case "system" -> ChatMessage.system(line[1]);
            case "user" -> ChatMessage.user(line[1]);
            case "call" -> ChatMessage.assistant("", List.of(new ToolCall(line[1], line[2], line[3])));
            case "tool" -> ChatMessage.tool(line[1], line[2]);
            default -> ChatMessage.assistant(line[1]);
        };
    }

    private static List<String> pieces(String text, int count) {
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) text.length() * i / count);
            pieces.add(text.substring(from, (int) ((long) text.length() * (i + 1) / count)));
        }
        return pieces;
    }

    private String turns(List<ChatMessage> messages, int first, int turns) throws IOException {
        StringWriter text = new StringWriter();
        List<Turn> all = new ArrayList<>();
        try (ChatTokenizer tokenizer = ChatTokenizer.of(model)) {
            for (int i = 0; i < turns; i++) {
                all.add(turn(tokenizer, messages.subList(0, first + 2 * i)));
            }
        }
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartArray();
            for (Turn turn : all) {
                turn.write(json);
            }
            json.writeEndArray();
        }
        return "{\"turns\": " + text + "}";
    }

    private Turn turn(ChatTokenizer tokenizer, List<ChatMessage> messages) {
        ChatRequest request = ChatRequest.builder(messages).tools(tools).build();
        long begin = System.nanoTime();
        ChatPrompt prompt = tokenizer.tokenize(request).expectAnswers(2 + answer.size());
        double promptMillis = millis(begin);
        String text = String.join("", answer);
        begin = System.nanoTime();
        int calls = prompt.answer(new KnownText(List.of(text), true))
                .message()
                .toolCalls()
                .size();
        double whole = millis(begin);
        begin = System.nanoTime();
        long deltas = prompt.answer(new KnownText(answer, true)).deltas().count();
        double streamed = millis(begin);
        StringBuilder soFar = new StringBuilder();
        begin = System.nanoTime();
        for (String piece : answer) {
            soFar.append(piece);
            prompt.answer(new KnownText(List.of(soFar.toString()), false)).message();
        }
        return new Turn(prompt.tokens().tokens().length, promptMillis, calls, whole, deltas, streamed, millis(begin));
    }

    private static double millis(long begin) {
        return (System.nanoTime() - begin) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    /** What a turn took, and what came out. */
    private record Turn(
            int tokens, double prompt, int calls, double whole, long deltas, double streamed, double eachPiece) {

        void write(JsonGenerator json) throws IOException {
            json.writeStartObject();
            json.writeNumberField("tokens", tokens);
            json.writeNumberField("prompt_ms", prompt);
            json.writeNumberField("calls", calls);
            json.writeNumberField("parse_whole_ms", whole);
            json.writeNumberField("deltas", deltas);
            json.writeNumberField("parse_streamed_ms", streamed);
            json.writeNumberField("parse_each_piece_ms", eachPiece);
            json.writeEndObject();
        }
    }
}
