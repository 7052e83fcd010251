package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.MtpModel;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many drafts of MTP heads are right: that depends on the hidden states that an engine hands to them. */
@Timeout(300)
class MtpAcceptanceIT {

    private static final int[] PROMPT = EngineFixture.prompt(new Random(7), 20);
    private static final int TOKENS = 150;
    private static final List<KvCacheLayout> LAYOUTS = List.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED);

    @MtpModel
    private static Model model;

    /** With rows of other tokens, or none, answers would be the same. */
    @Test
    void drafts_ofAnEngine_areRightAsOftenAsWithTheHiddenStatesOfTheirTokens() {
        double right = rateByHand(0);
        double zeros = rateByHand(-1);
        assertThat(right).isGreaterThan(2 * zeros);
        for (KvCacheLayout layout : LAYOUTS) {
            EngineOptions options = EngineFixture.options()
                    .kvLayout(layout)
                    .speculation(new Speculation.Mtp(1, 0, false))
                    .build();
            try (Engine engine = Engine.start(model, options)) {
                Generation answer = engine.submit(
                        EngineFixture.greedy(PROMPT).maxTokens(TOKENS).build());
                answer.text();
                double drafted = answer.usage().draftedTokens();
                assertThat(answer.usage().acceptedTokens() / drafted)
                        .as("%s; by hand %f, without hidden states %f", layout, right, zeros)
                        .isGreaterThan((right + zeros) / 2);
            }
        }
    }

    /** Of the tokens that a head says behind each of an answer, with the hidden state of a row of the step before it. */
    private static double rateByHand(int row) {
        ContextOptions options = ContextOptions.builder()
                .contextSize(256)
                .threads(1)
                .batchThreads(1)
                .build();
        try (Context target = model.newContext(options);
                Context heads = model.newMtpContext(options)) {
            target.setHiddenStates(true);
            Batch batch = new Batch(1);
            int token = PROMPT[0];
            int said = -1;
            int right = 0;
            for (int i = 0; i < PROMPT.length + TOKENS; i++) {
                assertThat(target.decode(batch.clear().add(token, i, 0, true))).isEqualTo(DecodeStatus.OK);
                token = i + 1 < PROMPT.length ? PROMPT[i + 1] : largest(target);
                right += i >= PROMPT.length && token == said ? 1 : 0;
                assertThat(heads.decode(batch.clear().add(token, i + 1, 0, true), target, new int[] {row}))
                        .isEqualTo(DecodeStatus.OK);
                said = largest(heads);
            }
            return (double) right / TOKENS;
        }
    }

    private static int largest(Context context) {
        float[] logits = context.outputs().logits(-1);
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    /** The heads read the prompt once for each answer, and ran out of cells. */
    @Test
    void severalAnswersToAPromptThatFillsTheKvCache_areDraftedForFromTheirFirstTokenOn() {
        for (KvCacheLayout layout : LAYOUTS) {
            EngineOptions.Builder options =
                    EngineFixture.options().kvLayout(layout).speculation(new Speculation.Mtp(4, 0, false));
            if (layout == KvCacheLayout.UNIFIED) {
                options.kvTokens(256);
            }
            try (Engine engine = Engine.start(model, options.build())) {
                Generation first =
                        engine.submit(EngineFixture.request(1, 150, 3) // so that there is nothing to be drafted later
                                .answers(4)
                                .build());
                for (Generation answer : first.answers()) {
                    EngineIT.assertGreedy(model, answer);
                    assertThat(answer.usage().draftedTokens()).as("%s", layout).isPositive();
                }
                EngineFixture.awaitIdle(engine);
            }
        }
    }
}
