package dev.tokapu.testsupport;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Token ids as the tools of an {@link Oracle} give them. */
final class OracleTokens {

    private final Oracle oracle;

    OracleTokens(Oracle oracle) {
        this.oracle = oracle;
    }

    int[] tokenize(Path model, String text, boolean addSpecial, boolean parseSpecial) {
        Path file = OracleProcess.temporaryFile(text);
        try {
            List<String> command = new ArrayList<>(List.of(oracle.tool("llama-tokenize"), "-m", model.toString()));
            command.addAll(List.of("-f", file.toString(), "--no-escape", "--ids"));
            if (!addSpecial) {
                command.add("--no-bos");
            }
            if (!parseSpecial) {
                command.add("--no-parse-special");
            }
            return ids(OracleProcess.run(command, OracleProcess.NOTHING).text());
        } finally {
            OracleProcess.delete(file);
        }
    }

    List<int[]> tokenizeAll(Path model, List<String> texts, boolean addSpecial, boolean parseSpecial) {
        int[][] result = new int[texts.size()][];
        IntStream.range(0, texts.size())
                .parallel()
                .forEach(i -> result[i] = tokenize(model, texts.get(i), addSpecial, parseSpecial));
        return List.of(result);
    }

    List<int[]> tokenizeAtOnce(Path model, List<String> texts, boolean parseSpecial) {
        Path in = OracleProcess.temporaryFile("");
        Path out = OracleProcess.temporaryFile("");
        try {
            write(in, texts);
            oracle.run(
                    "tokapu-oracle",
                    List.of("tokens", model.toString(), in.toString(), out.toString(), parseSpecial ? "1" : "0"));
            IntBuffer ids = ByteBuffer.wrap(Files.readAllBytes(out))
                    .order(ByteOrder.nativeOrder())
                    .asIntBuffer();
            List<int[]> result = new ArrayList<>();
            while (ids.hasRemaining()) {
                int[] tokens = new int[ids.get()];
                ids.get(tokens);
                result.add(tokens);
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            OracleProcess.delete(in);
            OracleProcess.delete(out);
        }
    }

    private static void write(Path file, List<String> texts) throws IOException {
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (String text : texts) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                stream.write(ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putInt(bytes.length)
                        .array());
                stream.write(bytes);
            }
        }
    }

    private static int[] ids(String printed) {
        int from = printed.lastIndexOf('[');
        int to = printed.lastIndexOf(']');
        if (from < 0 || to < from) {
            throw new AssertionError("llama-tokenize printed no list of ids: " + printed);
        }
        String list = printed.substring(from + 1, to).replace(" ", "");
        if (list.isEmpty()) {
            return new int[0];
        }
        return Stream.of(list.split(",", -1)).mapToInt(Integer::parseInt).toArray();
    }
}
