package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_BUFFER;
import static dev.tokapu.spi.Status.ERROR_CANCELLED;
import static dev.tokapu.spi.Status.ERROR_MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.ProgressListener;
import dev.tokapu.spi.QuantizeOptionI;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuantizeContractIT extends Contract {

    private static final int Q8_0 = 7;
    private static final byte[] NONE = {};

    private long[] options = {};
    private String input = "";
    private String output = "";
    private String matrix = "";
    private byte[] rules = {};
    private int ruleCount;
    private int[] pruned = {};
    private @Nullable ProgressListener progress;

    @BeforeEach
    void setUp() {
        options = new long[QuantizeOptionI.COUNT];
        ok(api.quantizing().defaults(options));
        input = tinyModel().toString();
        output = temporaryFile().toString() + ".out";
    }

    private int quantize(byte[] buf, int[] length) {
        byte[] paths = utf8(input + '\0' + output + '\0' + matrix + '\0');
        return api.quantizing()
                .quantize(paths, options, rules, ruleCount, NONE, 0, pruned, pruned.length, progress, buf, length);
    }

    private int quantize() {
        return quantize(new byte[64 * 1024], new int[1]);
    }

    @Test
    void defaults_areThoseOfLlama() {
        assertThat(options[QuantizeOptionI.FTYPE]).isEqualTo(Q8_0);
        assertThat(options[QuantizeOptionI.OUTPUT_TYPE]).isEqualTo(-1);
        assertThat(options[QuantizeOptionI.QUANTIZE_OUTPUT]).isEqualTo(1);
        assertThat(options[QuantizeOptionI.MAX_BUFFER]).isEqualTo(8L << 30);
        refused(ERROR_ARGUMENT, api.quantizing().defaults(new long[3]), "n_options");
    }

    @Test
    void quantize_tinyModel_tellsTheTypesAndTheProgress() {
        List<Float> told = new ArrayList<>();
        progress = fraction -> told.add(fraction);
        byte[] buf = new byte[64 * 1024];
        int[] length = new int[1];
        ok(quantize(buf, length));
        assertThat(string(buf, length[0]))
                .contains("token_embd.weight\tq8_0\n", "output_norm.weight\tf32\n")
                .hasLineCount(21);
        assertThat(told).isSorted().last().isEqualTo(1f);
        assertThat(Path.of(output)).isNotEmptyFile();
    }

    @Test
    void quantize_smallBuffer_keepsTheText() {
        options[QuantizeOptionI.DRY_RUN] = 1;
        output = "";
        int[] length = new int[1];
        assertThat(quantize(new byte[3], length)).isEqualTo(ERROR_BUFFER);
        byte[] buf = new byte[length[0]];
        ok(api.chatTemplates().cachedText(buf, length));
        assertThat(string(buf, length[0])).contains("blk.0.ffn_up.weight\tq8_0\n");
    }

    @Test
    void quantize_listenerSaysNo_isCancelled() {
        progress = fraction -> false;
        refused(ERROR_CANCELLED, quantize(), "cancelled");
    }

    @Test
    void quantize_listenerThrows_throwsIt() {
        progress = fraction -> {
            throw new IllegalStateException("mine");
        };
        assertThatThrownBy(this::quantize)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("mine");
    }

    @Test
    void quantize_wrongArguments_areRefused() {
        for (int key : new int[] {
            QuantizeOptionI.FTYPE, QuantizeOptionI.OUTPUT_TYPE, QuantizeOptionI.PURE, QuantizeOptionI.MAX_BUFFER
        }) {
            long before = options[key];
            options[key] = -5;
            refused(ERROR_ARGUMENT, quantize());
            options[key] = before;
        }
        options[QuantizeOptionI.EMBEDDING_TYPE] = 26; // I32
        refused(ERROR_ARGUMENT, quantize(), "the embeddings", "26");
        options[QuantizeOptionI.EMBEDDING_TYPE] = -1;
        for (String rule :
                new String[] {"\0" + "8\0", "a\0x\0", "a\0" + "999\0", "a\0" + "9\0", "a\0" + "10000000000\0"}) {
            rules = utf8(rule);
            ruleCount = 1;
            refused(ERROR_ARGUMENT, quantize());
        }
        ruleCount = 0;
        pruned = new int[] {1, 1};
        refused(ERROR_ARGUMENT, quantize(), "in order");
        pruned = new int[0];
        output = "";
        refused(ERROR_ARGUMENT, quantize(), "missing");
        assertThatThrownBy(() -> api.quantizing()
                        .quantize(NONE, options, NONE, 0, NONE, 0, pruned, 0, null, new byte[9], new int[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> quantize(new byte[9], new int[0])).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void quantize_whatEndsTheOtherProcess_isAnError() {
        input = "/nowhere/model.gguf";
        refused(ERROR_MODEL, quantize(), "/nowhere/model.gguf");
        input = TinyGguf.write(temporaryFile(), TinyGguf.garbage(5000)).toString();
        refused(ERROR_MODEL, quantize());
        input = tinyModel().toString();
        matrix = input;
        refused(ERROR_MODEL, quantize(), "importance matrix");
        matrix = "";
        output = "/nowhere/out.gguf";
        refused(ERROR_MODEL, quantize());
        output = temporaryFile().toString() + ".deep";
        rules = utf8("(".repeat(20_000) + ")".repeat(20_000) + "\0" + "8\0");
        ruleCount = 1;
        refused(ERROR_MODEL, quantize());
    }
}
