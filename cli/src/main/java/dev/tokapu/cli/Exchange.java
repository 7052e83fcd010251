package dev.tokapu.cli;

import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ToolLoopListener;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a question becomes an answer: with which tools, held to what, and shown how.
 *
 * @param tools what the model may call; null for nothing
 * @param grammar what the answer is held to; null for nothing
 * @param thoughts whether thoughts are shown
 * @param quiet whether nothing is said about tool calls
 */
record Exchange(
        Console console,
        Interrupt interrupt,
        @Nullable Tools tools,
        @Nullable Grammar grammar,
        boolean thoughts,
        boolean quiet) {

    /** Asks, and prints the answer as it grows. */
    ChatAnswer ask(ChatSession session, String question) {
        return print(session, printer -> {
            ChatAnswer answer = answer(session, question, printer);
            return tools == null ? read(answer, printer) : answer;
        });
    }

    /** Lets the model go on with its last answer, and prints it. */
    ChatAnswer goOn(ChatSession session) {
        return print(session, printer -> read(session.continueAnswer(), printer));
    }

    private static ChatAnswer read(ChatAnswer answer, AnswerPrinter printer) {
        answer.deltas().forEach(printer::onDelta);
        return answer;
    }

    private ChatAnswer print(ChatSession session, Function<AnswerPrinter, ChatAnswer> ask) {
        AnswerPrinter printer = new AnswerPrinter(console, thoughts, quiet);
        return interrupt.guard(session::cancel, () -> {
            try {
                ChatAnswer answer = ask.apply(printer);
                printer.end();
                return answer;
            } catch (TokapuException | IllegalStateException e) {
                printer.breakOff();
                throw e;
            }
        });
    }

    /** Asks, and answers with all there is to say as JSON. */
    Map<String, Object> json(ChatSession session, String question) {
        List<Map<String, Object>> calls = new ArrayList<>();
        ToolLoopListener listener = new ToolLoopListener() {
            @Override
            public void onResult(ToolCall call, ToolResult result) {
                Map<String, Object> made = new LinkedHashMap<>();
                made.put("name", call.name());
                made.put("arguments", call.arguments());
                made.put("result", result.text());
                made.put("isError", result.isError());
                calls.add(made);
            }
        };
        return interrupt.guard(session::cancel, () -> {
            ChatAnswer answer = answer(session, question, listener);
            Map<String, Object> all = Answer.asMap(answer.text(), answer);
            if (!answer.reasoning().isEmpty()) {
                all.put("reasoning", answer.reasoning());
            }
            if (tools != null) {
                all.put("toolCalls", calls);
            }
            return all;
        });
    }

    /** With tools, it has been read to its end. */
    private ChatAnswer answer(ChatSession session, String question, ToolLoopListener listener) {
        if (grammar != null) {
            HeldAnswer held = new HeldAnswer(grammar);
            return tools == null ? session.askStreaming(question, held) : session.ask(question, held, tools, listener);
        }
        return tools == null ? session.send(question) : session.ask(question, tools, listener);
    }
}
