package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.MtpModel;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How many drafts of MTP heads and of an EAGLE-3 draft model are right: that depends on the hidden states that an engine hands to them. */
@Timeout(300)
class HeadsAcceptanceIT {

    private static final int[] PROMPT = EngineFixture.prompt(new Random(7), 20);
    private static final int TOKENS = 150;
    private static final List<KvCacheLayout> LAYOUTS = List.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED);

    @TempDir
    static Path folder;

    @MtpModel
    private static Model withHead;

    private static Model target;
    private static Model eagle3;

    @BeforeAll
    static void load() {
        target = Model.load(TinyGguf.builder().turns().build().write(folder.resolve("target.gguf")));
        eagle3 = Model.load(TinyGguf.builder().eagle3(40, 300).build().write(folder.resolve("eagle3.gguf")));
    }

    @AfterAll
    static void close() {
        eagle3.close();
        target.close();
    }

    /** What drafts for a model; draft: an EAGLE-3 draft model, null for MTP heads. */
    record Heads(Model model, @Nullable Model draft) {

        EngineOptions.Builder options(int maxDraft) {
            return EngineFixture.options()
                    .draftModel(draft)
                    .speculation(
                            draft == null
                                    ? new Speculation.Mtp(maxDraft, 0, false)
                                    : new Speculation.DraftModel(maxDraft, 0, false));
        }

        Context newContext(Context target, ContextOptions options) {
            if (draft == null) {
                target.setHiddenStates(true);
                return model.newMtpContext(options);
            }
            target.setHiddenStates(draft);
            return draft.newEagle3Context(target, options);
        }
    }

    private static List<Heads> kinds() {
        return List.of(new Heads(withHead, null), new Heads(target, eagle3));
    }

    /** With rows of other tokens, or none, answers would be the same. */
    @ParameterizedTest
    @MethodSource("kinds")
    void drafts_ofAnEngine_areRightAsOftenAsWithTheHiddenStatesOfTheirTokens(Heads kind) {
        double right = rateByHand(kind, 0);
        double zeros = rateByHand(kind, -1);
        assertThat(right).isGreaterThan(2 * zeros);
        for (KvCacheLayout layout : LAYOUTS) {
            try (Engine engine =
                    Engine.start(kind.model(), kind.options(1).kvLayout(layout).build())) {
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
    private static double rateByHand(Heads kind, int row) {
        ContextOptions options = ContextOptions.builder()
                .contextSize(256)
                .threads(1)
                .batchThreads(1)
                .build();
        try (Context target = kind.model().newContext(options);
                Context heads = kind.newContext(target, options)) {
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
    @ParameterizedTest
    @MethodSource("kinds")
    void severalAnswersToAPromptThatFillsTheKvCache_areDraftedForFromTheirFirstTokenOn(Heads kind) {
        for (KvCacheLayout layout : LAYOUTS) {
            EngineOptions.Builder options = kind.options(4).kvLayout(layout);
            if (layout == KvCacheLayout.UNIFIED) {
                options.kvTokens(256);
            }
            try (Engine engine = Engine.start(kind.model(), options.build())) {
                Generation first =
                        engine.submit(EngineFixture.request(1, 150, 3) // so that there is nothing to be drafted later
                                .answers(4)
                                .build());
                for (Generation answer : first.answers()) {
                    EngineIT.assertGreedy(kind.model(), answer);
                    assertThat(answer.usage().draftedTokens()).as("%s", layout).isPositive();
                }
                EngineFixture.awaitIdle(engine);
            }
        }
    }
}
