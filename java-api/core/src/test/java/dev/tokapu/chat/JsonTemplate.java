package dev.tokapu.chat;

import dev.tokapu.Model;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.util.Json;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.testsupport.ScriptedGguf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A chat template that renders any request of OpenAI's API, with all that the native library answers. */
final class JsonTemplate implements AutoCloseable {

    private static final int CAPACITY = 1 << 20;
    private static final String ANY_TEXT = "root ::= [^\\x00]*"; // parsers do not depend on it

    private final NativeApi api;
    private final long id;

    JsonTemplate(Model model, String source) {
        NativeHandle parent = NativeHandles.of(model);
        api = parent.api();
        long[] created = new long[1];
        byte[] utf8 = source.getBytes(StandardCharsets.UTF_8);
        parent.call("compiling", owner -> api.chatTemplates().create(owner, utf8, created));
        id = created[0];
    }

    /** A model for any template: its vocabulary are the bytes. */
    static Model bytes(Path folder) throws IOException {
        byte[] file = new ScriptedGguf(List.of(), List.of()).bytes();
        return Model.load(Files.write(folder.resolve("bytes.gguf"), file));
    }

    /** What {@code tokapu_chat_template_apply} says, for example {@code prompt}. */
    Map<String, ?> apply(Map<String, ?> request) {
        byte[] buf = new byte[CAPACITY];
        int[] length = new int[1];
        byte[] json = Json.write(request).getBytes(StandardCharsets.UTF_8);
        NativeErrors.check(api, api.chatTemplates().apply(id, json, buf, length), "rendering", "the template");
        return Json.readObject(new String(buf, 0, length[0], StandardCharsets.UTF_8));
    }

    /** What takes the model's answers to a request apart; null where they are their text alone. */
    @Nullable
    AnswerParser parser(Map<String, ?> request) {
        Map<String, Object> wanted = new LinkedHashMap<>(request);
        wanted.put("answer_parser", true);
        if (request.containsKey("response_format")) {
            wanted.put("answer_grammar", ANY_TEXT);
        }
        return apply(wanted).get("answer_parser") instanceof Number id ? parser(id.longValue()) : null;
    }

    /** The parser of this number. */
    AnswerParser parser(long id) {
        return new AnswerParser(api, id);
    }

    @Override
    public void close() {
        api.chatTemplates().free(id);
    }
}
