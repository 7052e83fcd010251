package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.testsupport.Oracle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What MTP heads say of the next tokens of a text, compared bit for bit with llama.cpp's own drafting ({@code tokapu-mtp-oracle}). */
class MtpLogitsIT {

    private static final int CONTEXT_SIZE = 256;
    private static final int PROMPT = 33;

    @TempDir
    private static Path folder;

    @Test
    void logits_ofHeadsBehindPromptAndTokens_equalBitForBit() throws IOException {
        int[] tokens = tokens();
        List<int[]> steps = List.of(
                Arrays.copyOf(tokens, PROMPT),
                Arrays.copyOfRange(tokens, PROMPT, PROMPT + 1),
                Arrays.copyOfRange(tokens, PROMPT + 1, PROMPT + 2),
                Arrays.copyOfRange(tokens, PROMPT + 2, PROMPT + 3));
        ContextOptions options = ContextOptions.builder()
                .contextSize(CONTEXT_SIZE)
                .threads(1)
                .batchThreads(1)
                .build();
        try (Model model = TestModels.mtp();
                Context target = model.newContext(options);
                Context heads = model.newMtpContext(options)) {
            target.setHiddenStates(true);
            List<int[]> expected = ask(TestModels.mtpFile(), steps);
            int position = 0;
            for (int i = 0; i + 1 < steps.size(); i++) {
                int[] step = steps.get(i);
                assertThat(target.decode(new Batch(step.length).addAll(step, position, 0)))
                        .isEqualTo(DecodeStatus.OK);
                feed(heads, target, tokens, position, step.length);
                position += step.length;
                assertThat(OracleLogits.bits(heads.outputs().logits(-1)))
                        .as("logits behind step %d", i)
                        .isEqualTo(expected.get(i));
            }
        }
    }

    /** llama.cpp reads a step's tokens alone, and drafts from the next one in a batch of its own: what is compared bit for bit has to be computed so. */
    private static void feed(Context heads, Context target, int[] tokens, int from, int count) {
        Batch batch = new Batch(count);
        int[] rows = new int[count];
        for (int i = from == 0 ? 0 : 1; i < count; i++) {
            rows[batch.size()] = i - 1;
            batch.add(tokens[from + i], from + i, 0, false);
        }
        if (batch.size() > 0) {
            assertThat(heads.decode(batch, target, rows)).isEqualTo(DecodeStatus.OK);
        }
        batch.clear().add(tokens[from + count], from + count, 0, true);
        assertThat(heads.decode(batch, target, new int[] {count - 1})).isEqualTo(DecodeStatus.OK);
    }

    private static int[] tokens() {
        int[] tokens = new int[PROMPT + 3];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = 3 + i * 31 % 200;
        }
        return tokens;
    }

    private static List<int[]> ask(Path model, List<int[]> steps) throws IOException {
        Path in = folder.resolve("steps.txt");
        Path out = folder.resolve("logits.f32");
        Files.write(
                in,
                steps.stream()
                        .map(step ->
                                Arrays.stream(step).mapToObj(Integer::toString).collect(Collectors.joining(" ")))
                        .toList());
        Path tool = Reference.LOGITS_TOOL.resolveSibling(Oracle.program("tokapu-mtp-oracle"));
        Reference.oracle()
                .with(tool)
                .run(
                        "tokapu-mtp-oracle",
                        List.of(model.toString(), in.toString(), out.toString(), "1", "" + CONTEXT_SIZE));
        ByteBuffer floats = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.nativeOrder());
        int vocabSize = floats.capacity() / Float.BYTES / (steps.size() - 1);
        List<int[]> result = new ArrayList<>();
        for (int i = 0; i + 1 < steps.size(); i++) {
            int[] bits = new int[vocabSize];
            floats.asIntBuffer().position(i * vocabSize).get(bits);
            result.add(bits);
        }
        return result;
    }
}
