package dev.tokapu.chat;

import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.util.Json;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Status;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes the answers to one prompt apart, by llama.cpp's parser for its chat template.
 *
 * <p>Thread safety: safe.
 */
final class AnswerParser implements AutoCloseable {

    private static final int ROOM = 1024;

    private final NativeHandle handle;
    private final AtomicInteger answers = new AtomicInteger(1);

    AnswerParser(NativeApi api, long id) {
        this.handle = NativeHandle.forgettable(
                api,
                id,
                "AnswerParser",
                (functions, freed) -> functions.answerParsers().free(freed));
    }

    /**
     * The parts of an answer.
     *
     * @param text what the model wrote
     * @param partial whether the answer goes on
     * @throws dev.tokapu.exception.AnswerFormatException when the text is not in the template's format
     */
    ParsedAnswer parse(String text, boolean partial) {
        byte[] answer = NativeErrors.utf8(text);
        byte[] buf = new byte[2 * answer.length + ROOM];
        int[] length = new int[1];
        long id = handle.acquire();
        try {
            NativeApi api = handle.api();
            int status = api.answerParsers().parse(id, answer, partial ? 1 : 0, buf, length);
            if (status == Status.ERROR_BUFFER) {
                buf = new byte[length[0]];
                status = api.chatTemplates().cachedText(buf, length);
            }
            handle.check(status, "parsing an answer");
        } finally {
            handle.release();
        }
        return read(Json.readObject(new String(buf, 0, length[0], StandardCharsets.UTF_8)));
    }

    private static ParsedAnswer read(Map<String, ?> json) {
        List<ParsedAnswer.Call> calls = json.get("tool_calls") instanceof List<?> list
                ? list.stream().map(call -> call((Map<?, ?>) call)).toList()
                : List.of();
        return new ParsedAnswer(text(json, "content"), text(json, "reasoning_content"), calls);
    }

    private static ParsedAnswer.Call call(Map<?, ?> json) {
        return new ParsedAnswer.Call(text(json, "id"), text(json, "name"), text(json, "arguments"));
    }

    private static String text(Map<?, ?> json, String key) {
        return json.get(key) instanceof String text ? text : "";
    }

    /** Frees it after the last of its answers; it is for one answer unless more are expected. */
    @Override
    public void close() {
        if (answers.decrementAndGet() <= 0) {
            handle.close();
        }
    }

    void expect(int count) {
        answers.set(count);
    }
}
