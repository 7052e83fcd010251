package dev.tokapu.equality;

import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Answers of the reference tools, kept in files beside them: each build of llama.cpp is asked once, whichever checkout and
 * JDK asks. The key covers what was asked, the model, the tools, the CPU variant and the devices.
 */
final class Answers {

    private static final int SMALL = 10_000_000;

    /** Of models, whose files each checkout writes anew. */
    private static final Map<Path, byte[]> DIGESTS = new ConcurrentHashMap<>();

    private Answers() {}

    /** Texts by their question. */
    static List<String> texts(String question, List<?> inputs, Reference model, Supplier<List<String>> ask) {
        return kept(
                question,
                inputs,
                model,
                ask,
                (out, text) -> out.write(utf8(out, text)),
                in -> new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
    }

    /** Lists of token ids by their question. */
    static List<int[]> tokens(String question, List<?> inputs, Reference model, Supplier<List<int[]>> ask) {
        return kept(question, inputs, model, ask, Answers::writeInts, Answers::readInts);
    }

    private interface Writer<T> {
        void write(DataOutputStream out, T value) throws IOException;
    }

    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    private static <T> List<T> kept(
            String question,
            List<?> inputs,
            Reference model,
            Supplier<List<T>> ask,
            Writer<T> writer,
            Reader<T> reader) {
        try {
            Path tools = Path.of(System.getProperty("tokapu.oracle.dir"));
            Path folder = Files.createDirectories(tools.resolveSibling("answers"));
            Path file = folder.resolve(question + "-" + key(inputs, model, tools) + ".answers");
            if (!Files.exists(file)) {
                // Two JVMs may ask at the same time; each brings the same whole file.
                Path partial = Files.createTempFile(file.getParent(), question, ".partial");
                write(partial, ask.get(), writer);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
                return read(in, reader);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> void write(Path file, List<T> values, Writer<T> writer) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeInt(values.size());
            for (T value : values) {
                writer.write(out, value);
            }
        }
    }

    private static <T> List<T> read(DataInputStream in, Reader<T> reader) throws IOException {
        List<T> values = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            values.add(reader.read(in));
        }
        return values;
    }

    private static byte[] utf8(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        return bytes;
    }

    private static void writeInts(DataOutputStream out, int[] values) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    private static int[] readInts(DataInputStream in) throws IOException {
        int[] values = new int[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }

    private static String key(List<?> inputs, Reference model, Path tools) throws IOException {
        MessageDigest digest = sha256();
        for (Object input : inputs) {
            digest.update((input + "\0").getBytes(StandardCharsets.UTF_8));
        }
        digest.update(DIGESTS.computeIfAbsent(model.file(), Answers::digest));
        digest.update(stamp(tools.resolve(System.mapLibraryName("tokapu-llama"))));
        digest.update(stamp(Reference.LOGITS_TOOL));
        List<String> devices = Tokapu.devices().stream().map(Device::name).toList();
        digest.update((Tokapu.cpuVariant() + Reference.THREADS + devices).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(), 0, 10);
    }

    private static byte[] digest(Path model) {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(model), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
            return digest.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A small file's bytes, a large one's size and time. */
    private static byte[] stamp(Path file) throws IOException {
        long size = Files.size(file);
        if (size < SMALL) {
            return Files.readAllBytes(file);
        }
        return (size + " " + Files.getLastModifiedTime(file)).getBytes(StandardCharsets.UTF_8);
    }
}
