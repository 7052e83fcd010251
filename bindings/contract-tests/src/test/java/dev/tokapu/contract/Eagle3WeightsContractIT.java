package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;

import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** EAGLE-3 draft models that take tensors from a target that was loaded for planning alone. */
class Eagle3WeightsContractIT extends Contract {

    private long load(TinyGguf file, boolean weights) {
        Path path = file.write(temporaryFile());
        long[] options = modelOptions();
        options[ModelOptionI.NO_ALLOC] = weights ? 0 : 1;
        long[] model = new long[1];
        ok(api.models().load(paths(path), 1, options, utf8(""), 0, 0, null, model));
        cleanup(() -> api.models().free(model[0]));
        return model[0];
    }

    /** It read what was not there, on a thread that computes. */
    @Test
    void decodeHidden_targetWithoutWeights_isRefused() {
        long draft = load(TinyGguf.builder().eagle3(0, 0).build(), true);
        long target = context(load(TinyGguf.builder().turns().build(), false));
        long[] drafts = new long[1];
        ok(api.contexts().newEagle3(draft, target, contextInts(), contextFloats(), drafts));
        cleanup(() -> api.contexts().free(drafts[0]));
        refused(
                ERROR_UNSUPPORTED,
                api.contexts()
                        .decodeHidden(
                                drafts[0], 1, new int[] {9}, null, null, null, new byte[] {1}, drafts[0], new int[] {-1
                                }),
                "no_alloc");
    }
}
