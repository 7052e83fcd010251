package dev.tokapu.chat;

import dev.tokapu.SequenceState;
import dev.tokapu.SequenceStateException;
import dev.tokapu.internal.Json;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a saved conversation, big endian: {@code TOKAPUCH}, format version (int), messages as OpenAI's JSON (int length, UTF-8), their
 * CRC-32C (int), the state of the sequence with its tokens.
 */
final class ChatFile {

    private static final long MAGIC = 0x544F4B4150554348L;
    private static final int VERSION = 1;

    private ChatFile() {}

    /** Messages, and what the model knew of them. */
    record Saved(List<ChatMessage> messages, SequenceState state) {}

    static void write(List<ChatMessage> messages, SequenceState state, OutputStream target) throws IOException {
        byte[] json = Json.write(messages.stream().map(ChatRequestJson::message).toList())
                .getBytes(StandardCharsets.UTF_8);
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
        List<ChatMessage> messages;
        try {
            messages = readMessages(new DataInputStream(source));
        } catch (EOFException e) {
            throw new SequenceStateException("the saved conversation is cut off; save it again", e);
        }
        return new Saved(messages, SequenceState.read(source));
    }

    private static List<ChatMessage> readMessages(DataInputStream in) throws IOException {
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
        return messages(new String(json, StandardCharsets.UTF_8));
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

    private static List<ChatMessage> messages(String json) {
        List<ChatMessage> messages = new ArrayList<>();
        try {
            for (Object element : list(Json.read(json))) {
                messages.add(message(map(element)));
            }
        } catch (IllegalArgumentException e) {
            throw new SequenceStateException(
                    "the messages of the saved conversation cannot be read: " + e.getMessage(), e);
        }
        return messages;
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
        return new ChatMessage(role(text(json, "role")), text(json, "content"), calls, toolCallId);
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
