package dev.tokapu.chat;

import dev.tokapu.SequenceState;
import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.internal.util.Json;
import dev.tokapu.tool.ToolCall;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a saved conversation, big endian: {@code TOKAPUCH}, format version (int), JSON with OpenAI's messages and the tokens of
 * an answer that was cut off (int length, UTF-8), its CRC-32C (int), the state of the sequence with its tokens.
 */
final class ChatFile {

    private static final long MAGIC = 0x544F4B4150554348L;
    private static final int VERSION = 3;
    private static final String MESSAGES = "messages";
    private static final String TOKENS = "unfinished_tokens";
    private static final String HALF = "unfinished_bytes";
    private static final String RAW = "unfinished_text";

    private ChatFile() {}

    /** Messages, and what the model knew of them. */
    record Saved(List<ChatMessage> messages, @Nullable AnswerPrefix unfinished, SequenceState state) {}

    static void write(
            List<ChatMessage> messages, @Nullable AnswerPrefix unfinished, SequenceState state, OutputStream target)
            throws IOException {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put(MESSAGES, messages.stream().map(ChatRequestJson::message).toList());
        if (unfinished != null && unfinished.tokens() != null) {
            content.put(TOKENS, Arrays.stream(unfinished.tokens()).boxed().toList());
            content.put(RAW, unfinished.text());
            content.put(HALF, Base64.getEncoder().encodeToString(unfinished.half()));
        }
        byte[] json = Json.write(content).getBytes(StandardCharsets.UTF_8);
        DataOutputStream out = new DataOutputStream(target);
        out.writeLong(MAGIC);
        out.writeInt(VERSION);
        out.writeInt(json.length);
        out.write(json);
        out.writeInt(checksum(json));
        out.flush();
        state.writeTo(target);
    }

    static Saved read(InputStream source) throws IOException {
        String json;
        try {
            json = readJson(new DataInputStream(source));
        } catch (EOFException e) {
            throw new SequenceStateException("the saved conversation is cut off; save it again", e);
        }
        SequenceState state = SequenceState.read(source);
        try {
            Map<?, ?> content = map(Json.read(json));
            List<ChatMessage> messages = messages(content);
            return new Saved(messages, unfinished(messages, content), state);
        } catch (IllegalArgumentException e) {
            state.close();
            throw new SequenceStateException(
                    "the messages of the saved conversation cannot be read: " + e.getMessage(), e);
        }
    }

    private static String readJson(DataInputStream in) throws IOException {
        if (in.readLong() != MAGIC) {
            throw new SequenceStateException("these bytes are not a saved conversation; ChatSession.save makes them");
        }
        int version = in.readInt();
        if (version != VERSION) {
            throw new SequenceStateException(
                    "the conversation was saved in format " + version + ", this version of Tokapu reads " + VERSION);
        }
        byte[] json = readBytes(in, in.readInt());
        if (in.readInt() != checksum(json)) {
            throw new SequenceStateException("the saved conversation is damaged: its checksum does not match");
        }
        return new String(json, StandardCharsets.UTF_8);
    }

    /** The length may be wrong: memory grows with what is there. */
    private static byte[] readBytes(DataInputStream in, int length) throws IOException {
        byte[] bytes = length < 0 ? new byte[0] : in.readNBytes(length);
        if (bytes.length != length) {
            throw new EOFException();
        }
        return bytes;
    }

    private static int checksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }

    private static List<ChatMessage> messages(Map<?, ?> content) {
        List<ChatMessage> messages = new ArrayList<>();
        for (Object element : list(content.get(MESSAGES))) {
            messages.add(message(map(element)));
        }
        return messages;
    }

    /** The last answer's tokens, if it was cut off. */
    private static @Nullable AnswerPrefix unfinished(List<ChatMessage> messages, Map<?, ?> content) {
        if (messages.isEmpty() || !content.containsKey(TOKENS)) {
            return null;
        }
        int[] tokens = list(content.get(TOKENS)).stream()
                .mapToInt(token -> token instanceof Number number ? number.intValue() : -1)
                .toArray();
        byte[] half = Base64.getDecoder().decode(text(content, HALF));
        return new AnswerPrefix(text(content, RAW), tokens, half, null);
    }

    private static ChatMessage message(Map<?, ?> json) {
        List<ToolCall> calls = new ArrayList<>();
        if (json.containsKey("tool_calls")) {
            for (Object element : list(json.get("tool_calls"))) {
                Map<?, ?> call = map(element);
                Map<?, ?> function = map(call.get("function"));
                calls.add(new ToolCall(text(call, "id"), text(function, "name"), text(function, "arguments")));
            }
        }
        String toolCallId = json.containsKey("tool_call_id") ? text(json, "tool_call_id") : null;
        String reasoning = json.containsKey("reasoning_content") ? text(json, "reasoning_content") : "";
        return new ChatMessage(role(text(json, "role")), text(json, "content"), reasoning, calls, toolCallId);
    }

    private static Role role(String text) {
        for (Role role : Role.values()) {
            if (role.text().equals(text)) {
                return role;
            }
        }
        throw new IllegalArgumentException("there is no role '" + text + "'");
    }

    private static String text(Map<?, ?> json, String name) {
        if (json.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("'" + name + "' is not a text");
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("a list is missing");
    }

    private static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("an object is missing");
    }
}
