package dev.tokapu.server.llamacpp;

import dev.tokapu.DetokenizeOptions;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.openai.ChatConversation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Texts to tokens and back, and conversations to texts. */
final class Texts {

    private static final int BYTE = 0xFF;

    private Texts() {}

    static void tokenize(Call call, ServedModel model) {
        JsonObject body = call.json();
        Vocab vocab = model.engine().model().vocab();
        String text = body.require("content").text();
        TokenizeOptions options = TokenizeOptions.builder()
                .addSpecial(body.flag("add_special", false))
                .parseSpecial(body.flag("parse_special", true))
                .build();
        boolean pieces = body.flag("with_pieces", false);
        body.rejectUnknown(Set.of());
        List<Object> tokens = new ArrayList<>();
        for (int token : vocab.tokenize(text, options)) {
            tokens.add(pieces ? piece(token, vocab) : (Object) token);
        }
        call.respond(Map.of("tokens", tokens));
    }

    /** A piece that is no text is told byte by byte. */
    private static Map<String, Object> piece(int token, Vocab vocab) {
        byte[] bytes = vocab.piece(token, true);
        Object piece;
        try {
            piece = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            List<Integer> values = new ArrayList<>();
            for (byte b : bytes) {
                values.add(b & BYTE);
            }
            piece = values;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", token);
        json.put("piece", piece);
        return json;
    }

    static void detokenize(Call call, ServedModel model) {
        JsonObject body = call.json();
        Vocab vocab = model.engine().model().vocab();
        int[] tokens = body.require("tokens").elements().stream()
                .mapToInt(token -> token.integer(0, vocab.size() - 1))
                .toArray();
        body.rejectUnknown(Set.of());
        DetokenizeOptions options = DetokenizeOptions.builder()
                .removeSpecial(false)
                .unparseSpecial(true)
                .build();
        call.respond(Map.of("content", vocab.detokenize(tokens, options)));
    }

    static void applyTemplate(Call call, ServedModel model) {
        JsonObject body = call.json();
        ChatRequest conversation = conversation(body, model);
        body.rejectUnknown(Set.of());
        call.respond(Map.of("prompt", model.render(conversation).rendered().prompt()));
    }

    private static ChatRequest conversation(JsonObject body, ServedModel model) {
        return ChatConversation.read(body, model.defaults().reasoning()).request();
    }

    static void countTokens(Call call, ServedModel model) {
        JsonObject body = call.json();
        ChatRequest conversation = conversation(body, model);
        body.rejectUnknown(Set.of());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "response.input_tokens");
        json.put("input_tokens", model.render(conversation).tokens().tokens().length);
        call.respond(json);
    }
}
