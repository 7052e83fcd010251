package dev.tokapu.equality;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Asks {@code tokapu-oracle} for logits. */
final class OracleLogits {

    private OracleLogits() {}

    /**
     * The bits of the logits after each step.
     *
     * @param steps the tokens of each {@code llama_decode()}
     * @param options threads, context size, batch size, micro-batch size, type of the KV cache, then a file and a scale for each LoRA adapter
     */
    static List<int[]> ask(Reference reference, List<int[]> steps, List<?> options) {
        try {
            Path in = Files.createTempFile("steps", ".txt");
            Path out = Files.createTempFile("logits", ".f32");
            Files.write(in, steps.stream().map(OracleLogits::line).toList());
            List<String> arguments =
                    new ArrayList<>(List.of(reference.file().toString(), in.toString(), out.toString()));
            options.forEach(option -> arguments.add(option.toString()));
            Reference.oracle().run("tokapu-oracle", arguments);
            ByteBuffer floats = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.nativeOrder());
            int vocabSize = floats.capacity() / Float.BYTES / steps.size();
            List<int[]> result = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                int[] bits = new int[vocabSize];
                floats.asIntBuffer().position(i * vocabSize).get(bits);
                result.add(bits);
            }
            Files.delete(in);
            Files.delete(out);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What two runs must have in common. */
    static int[] bits(float[] logits) {
        int[] bits = new int[logits.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(logits[i]);
        }
        return bits;
    }

    private static String line(int[] tokens) {
        return Arrays.stream(tokens).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }
}
