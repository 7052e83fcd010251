package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.MtpModel;
import dev.tokapu.TestModels;
import dev.tokapu.device.MemoryReport;
import org.junit.jupiter.api.Test;

/** Answers that the model's own MTP head drafts. */
class MtpIT extends HeadsAnswers {

    @MtpModel
    private static Model model;

    @Override
    Model model() {
        return model;
    }

    @Override
    EngineOptions.Builder options() {
        return EngineFixture.options().maxSequences(8).speculation(always(4, 0));
    }

    @Override
    Speculation always(int maxDraft, double minProbability) {
        return new Speculation.Mtp(maxDraft, minProbability, false);
    }

    @Override
    Speculation usual() {
        return Speculation.mtp();
    }

    @Test
    void memory_ofHeads_countsNoWeightsTwice() {
        try (Engine plain = Engine.start(model, EngineFixture.options().build());
                Engine engine = Engine.start(model, options().maxSequences(4).build())) {
            assertThat(weights(engine)).isEqualTo(weights(plain)).isPositive();
            assertThat(engine.memory().totalBytes())
                    .isGreaterThan(plain.memory().totalBytes());
        }
    }

    static long weights(Engine engine) {
        return engine.memory().rows().stream()
                .mapToLong(MemoryReport.Row::weights)
                .sum();
    }

    @Test
    void start_withoutHeadsOrWithADraftModel_isRefused() {
        try (Model tiny = TestModels.tiny()) {
            assertThatThrownBy(() -> Engine.start(tiny, options().build())).hasMessageContaining("no MTP heads");
            assertThatThrownBy(() ->
                            Engine.start(model, options().draftModel(model).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("draft model");
            try (Engine engine = Engine.start(tiny, EngineFixture.options().build())) {
                assertThatThrownBy(() -> engine.submit(EngineFixture.request(1, 5, 5)
                                .speculation(Speculation.mtp())
                                .build()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("EngineOptions.speculation");
            }
        }
    }
}
