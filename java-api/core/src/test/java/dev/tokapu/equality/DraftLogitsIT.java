package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.testsupport.Oracle;
import dev.tokapu.testsupport.TinyGguf;
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

/** What MTP heads and EAGLE-3 draft models say of the next tokens of a text, compared bit for bit with llama.cpp's own drafting ({@code tokapu-draft-oracle}). */
class DraftLogitsIT {

    private static final int CONTEXT_SIZE = 256;
    private static final int PROMPT = 33;
    private static final int[] TOKENS = tokens();
    private static final List<int[]> STEPS = List.of(
            Arrays.copyOf(TOKENS, PROMPT),
            Arrays.copyOfRange(TOKENS, PROMPT, PROMPT + 1),
            Arrays.copyOfRange(TOKENS, PROMPT + 1, PROMPT + 2),
            Arrays.copyOfRange(TOKENS, PROMPT + 2, PROMPT + 3));
    private static final ContextOptions OPTIONS = ContextOptions.builder()
            .contextSize(CONTEXT_SIZE)
            .threads(1)
            .batchThreads(1)
            .build();

    @TempDir
    private static Path folder;

    @Test
    void logits_ofHeadsBehindPromptAndTokens_equalBitForBit() throws IOException {
        try (Model model = TestModels.mtp();
                Context target = model.newContext(OPTIONS);
                Context heads = model.newMtpContext(OPTIONS)) {
            target.setHiddenStates(true);
            assertEqual(target, heads, 0, ask(TestModels.mtpFile().toString()));
        }
    }

    @Test
    void logits_ofEagle3BehindPromptAndTokens_equalBitForBit() throws IOException {
        Path file = TinyGguf.builder().turns().build().write(folder.resolve("target.gguf"));
        for (int own : new int[] {0, 40}) {
            Path draftFile = TinyGguf.builder().eagle3(own, 300).build().write(folder.resolve("eagle3.gguf"));
            try (Model model = Model.load(file);
                    Model draft = Model.load(draftFile);
                    Context target = model.newContext(OPTIONS);
                    Context drafts = draft.newEagle3Context(target, OPTIONS)) {
                target.setHiddenStates(draft);
                assertEqual(target, drafts, 1, ask(file.toString(), draftFile.toString()));
            }
        }
    }

    /** shift: places that the positions of the drafting context are behind the target's; a first token that would be before all of them is left out. */
    private static void assertEqual(Context target, Context drafts, int shift, List<int[]> expected) {
        int position = 0;
        for (int i = 0; i + 1 < STEPS.size(); i++) {
            int[] step = STEPS.get(i);
            assertThat(target.decode(new Batch(step.length).addAll(step, position, 0)))
                    .isEqualTo(DecodeStatus.OK);
            feed(drafts, target, position, step.length, shift);
            position += step.length;
            assertThat(OracleLogits.bits(drafts.outputs().logits(-1)))
                    .as("logits behind step %d", i)
                    .isEqualTo(expected.get(i));
        }
    }

    /** llama.cpp reads a step's tokens alone, and drafts from the next one in a batch of its own: what is compared bit for bit has to be computed so. */
    private static void feed(Context heads, Context target, int from, int count, int shift) {
        Batch batch = new Batch(count);
        int[] rows = new int[count];
        for (int i = from == 0 ? shift : 1; i < count; i++) {
            rows[batch.size()] = i - 1;
            batch.add(TOKENS[from + i], from + i - shift, 0, false);
        }
        if (batch.size() > 0) {
            assertThat(heads.decode(batch, target, rows)).isEqualTo(DecodeStatus.OK);
        }
        batch.clear().add(TOKENS[from + count], from + count - shift, 0, true);
        assertThat(heads.decode(batch, target, new int[] {count - 1})).isEqualTo(DecodeStatus.OK);
    }

    private static int[] tokens() {
        int[] tokens = new int[PROMPT + 3];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = 3 + i * 31 % 200;
        }
        return tokens;
    }

    private static List<int[]> ask(String model, String... draft) throws IOException {
        Path in = folder.resolve("steps.txt");
        Path out = folder.resolve("logits.f32");
        Files.write(
                in,
                STEPS.stream()
                        .map(step ->
                                Arrays.stream(step).mapToObj(Integer::toString).collect(Collectors.joining(" ")))
                        .toList());
        Path tool = Reference.LOGITS_TOOL.resolveSibling(Oracle.program("tokapu-draft-oracle"));
        List<String> arguments = new ArrayList<>(List.of(model, in.toString(), out.toString(), "1", "" + CONTEXT_SIZE));
        arguments.addAll(List.of(draft));
        Reference.oracle().with(tool).run("tokapu-draft-oracle", arguments);
        ByteBuffer floats = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.nativeOrder());
        int vocabSize = floats.capacity() / Float.BYTES / (STEPS.size() - 1);
        List<int[]> result = new ArrayList<>();
        for (int i = 0; i + 1 < STEPS.size(); i++) {
            int[] bits = new int[vocabSize];
            floats.asIntBuffer().position(i * vocabSize).get(bits);
            result.add(bits);
        }
        return result;
    }
}
