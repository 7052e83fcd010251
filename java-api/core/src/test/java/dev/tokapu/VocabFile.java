package dev.tokapu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;

/** The vocabularies and chat templates that llama.cpp's tree brings along, and copies of them with other tokens. */
public final class VocabFile {

    /** The type of control tokens in a file. */
    public static final int CONTROL = 3;

    /** The type of tokens that the makers of a model added. */
    public static final int USER_DEFINED = 4;

    private static final int ARRAY = 9;
    private static final int ARRAY_HEAD = 16;

    private VocabFile() {}

    private static Path source() {
        try {
            Path folder = Path.of(
                    Files.readString(Path.of(System.getProperty("tokapu.root"), "native/target/llama-source.path"))
                            .strip());
            return folder.resolve("models");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path folder, String suffix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All vocabularies. */
    public static List<Path> all() {
        return files(source(), ".gguf");
    }

    /** One of them, for example {@code gemma-4}. */
    public static Path named(String name) {
        return source().resolve("ggml-vocab-" + name + ".gguf");
    }

    /** The name of a file of {@link #all}. */
    public static String name(Path file) {
        return file.getFileName().toString().replace("ggml-vocab-", "").replace(".gguf", "");
    }

    /** All chat templates. */
    public static List<Path> templates() {
        return files(source().resolve("templates"), ".jinja");
    }

    /** Loads a vocabulary without weights. */
    public static Model load(Path file) {
        return Model.load(file, ModelOptions.builder().vocabOnly(true).build());
    }

    /** The text of tokens, that of control tokens included. */
    public static String text(Vocab vocab, int[] tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int token : tokens) {
            bytes.writeBytes(vocab.piece(token, true));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** A copy with other types of tokens; the operator gets a token and its type. */
    public static Path withTypes(Path file, Path target, IntBinaryOperator types) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = valueOf(bytes, "tokenizer.ggml.token_type");
        int count = (int) buffer.getLong(at + Long.BYTES);
        for (int i = 0; i < count; i++) {
            int place = at + ARRAY_HEAD + i * Integer.BYTES;
            buffer.putInt(place, types.applyAsInt(i, buffer.getInt(place)));
        }
        return Files.write(target, bytes);
    }

    /** A copy with other texts of tokens. */
    public static Path withTexts(Path file, Path target, Map<Integer, String> texts) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = valueOf(bytes, "tokenizer.ggml.tokens");
        int count = (int) buffer.getLong(at + Long.BYTES);
        int place = at + ARRAY_HEAD;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, place);
        for (int i = 0; i < count; i++) {
            int length = (int) buffer.getLong(place);
            byte[] text = texts.containsKey(i)
                    ? texts.get(i).getBytes(StandardCharsets.UTF_8)
                    : Arrays.copyOfRange(bytes, place + Long.BYTES, place + Long.BYTES + length);
            out.writeBytes(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .array());
            out.writeBytes(text);
            place += Long.BYTES + length;
        }
        out.write(bytes, place, bytes.length - place);
        return Files.write(target, out.toByteArray());
    }

    /** Where the types of an array's value stand. */
    private static int valueOf(byte[] bytes, String key) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i + name.length < bytes.length; i++) {
            // Other keys begin with this one: the type of an array follows.
            if (Arrays.equals(bytes, i, i + name.length, name, 0, name.length) && bytes[i + name.length] == ARRAY) {
                return i + name.length;
            }
        }
        throw new AssertionError(key + " is not in the file");
    }
}
