package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an engine computed is not computed again. */
@Timeout(300)
class PrefixCacheIT {

    private static final int PREFIX = 100;

    @TinyModel
    private static Model model;

    private static Engine start(KvCacheLayout layout) {
        return start(model, layout);
    }

    static Engine start(Model model, KvCacheLayout layout) {
        return Engine.start(model, EngineFixture.options().kvLayout(layout).build());
    }

    static int[] prompt(int seed) {
        return EngineFixture.prompt(new Random(seed), PREFIX);
    }

    private static int[] followed(int[] prefix, int... more) {
        int[] prompt = Arrays.copyOf(prefix, prefix.length + more.length);
        System.arraycopy(more, 0, prompt, prefix.length, more.length);
        return prompt;
    }

    private static Usage answer(Engine engine, int[] prompt, String tenant) {
        return answer(model, engine, prompt, tenant);
    }

    static Usage answer(Model model, Engine engine, int... prompt) {
        return answer(model, engine, prompt, "");
    }

    private static Usage answer(Model model, Engine engine, int[] prompt, String tenant) {
        Generation generation = engine.submit(EngineFixture.greedy(prompt)
                .maxTokens(6)
                .scheduling(SchedulingOptions.defaults().withTenant(tenant))
                .build());
        generation.text();
        EngineIT.assertGreedy(model, prompt, generation.tokens());
        return generation.usage();
    }

    private static Usage answer(Engine engine, int... prompt) {
        return answer(engine, prompt, "");
    }

    @ParameterizedTest
    @EnumSource
    void samePrompt_again_computesItsLastTokenOnly(KvCacheLayout layout) {
        try (Engine engine = start(layout)) {
            assertThat(answer(engine, prompt(1)).cachedTokens()).isZero();
            assertThat(answer(engine, prompt(1)).cachedTokens()).isEqualTo(PREFIX - 1);
            assertThat(answer(engine, followed(prompt(1), 5, 6)).cachedTokens()).isEqualTo(PREFIX);
            PrefixCacheSnapshot snapshot = engine.prefixCache().snapshot();
            assertThat(snapshot.requests()).isEqualTo(3);
            assertThat(snapshot.hits()).isEqualTo(2);
            assertThat(snapshot.cachedTokens()).isEqualTo(2 * PREFIX - 1);
            assertThat(snapshot.hitRate()).isBetween(0.6, 0.7);
            EngineFixture.awaitIdle(engine);
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherTenant_samePrompt_findsNothing(KvCacheLayout layout) {
        try (Engine engine = start(layout)) {
            answer(engine, prompt(1), "one");
            assertThat(answer(engine, prompt(1), "other").cachedTokens()).isZero();
            assertThat(answer(engine, prompt(1), "one").cachedTokens()).isEqualTo(PREFIX - 1);
            EngineFixture.awaitIdle(engine); // an answer's sequence is kept in the step after its end
            assertThat(engine.prefixCache().evictTenant("one")).isPositive();
            assertThat(answer(engine, prompt(1), "one").cachedTokens()).isZero();
            assertThat(answer(engine, prompt(1), "other").cachedTokens()).isEqualTo(PREFIX - 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void warm_forEverybody_isFoundByAllTenants(KvCacheLayout layout) {
        try (Engine engine = start(layout)) {
            Prompt prefix = new Prompt.Tokens(prompt(1));
            PrefixRequest request = PrefixRequest.of(prefix).forEverybody();
            assertThat(engine.prefixCache().warm(request).join()).isEqualTo(new Usage(PREFIX, 0, 0));
            for (String tenant : List.of("one", "other")) {
                assertThat(answer(engine, followed(prompt(1), 7, 8), tenant).cachedTokens())
                        .isEqualTo(PREFIX);
            }
            assertThat(engine.prefixCache().entries())
                    .filteredOn(CachedPrefix::isPublic)
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.pinned()).isTrue())
                    .satisfies(entry -> assertThat(entry.tokens()).isEqualTo(PREFIX))
                    .satisfies(entry -> assertThat(entry.uses()).isEqualTo(2));
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void warm_conversation_isFoundUnderEveryMessage() {
        try (Engine engine = start(KvCacheLayout.AUTO)) {
            List<ChatMessage> system = List.of(ChatMessage.system("Answer in one short sentence, and be polite."));
            int warmed =
                    engine.prefixCache().warm(PrefixRequest.of(system)).join().promptTokens();
            for (String question : List.of("Why?", "How many?")) {
                Generation answer = engine.submit(Request.builder(List.of(system.get(0), ChatMessage.user(question)))
                        .maxTokens(3)
                        .build());
                answer.text();
                assertThat(answer.usage().cachedTokens()).isEqualTo(warmed);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyAtOnce_withTheSameBeginning_computeItOnce(KvCacheLayout layout) {
        try (Engine engine = start(layout)) {
            Runnable goOn = EngineFixture.hold(engine);
            List<Generation> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(engine.submit(EngineFixture.greedy(followed(prompt(1), i + 3))
                        .maxTokens(4)
                        .build()));
            }
            goOn.run();
            int computed = 0;
            for (int i = 0; i < 8; i++) {
                answers.get(i).text();
                EngineIT.assertGreedy(
                        model, followed(prompt(1), i + 3), answers.get(i).tokens());
                computed += answers.get(i).usage().promptTokens()
                        - answers.get(i).usage().cachedTokens();
            }
            assertThat(computed).isEqualTo(PREFIX + 8);
            EngineFixture.awaitIdle(engine);
        }
    }

    @ParameterizedTest
    @EnumSource
    void liveSequence_isForkedWhileItGenerates(KvCacheLayout layout) {
        try (Engine engine = start(layout)) {
            Generation live = engine.submit(EngineFixture.endless(prompt(1)).build());
            Iterator<String> text = live.iterator();
            while (live.tokens().length < 3) {
                text.next();
            }
            int[] begun = Arrays.copyOf(live.tokens(), 2);
            int[] fork = followed(followed(prompt(1), begun), 9);
            assertThat(answer(engine, fork).cachedTokens()).isEqualTo(PREFIX + 2);
            live.cancel();
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void kvCacheFull_leastValuableGoesFirst() {
        EngineOptions options = EngineFixture.options()
                .kvLayout(KvCacheLayout.UNIFIED)
                .maxSequences(2)
                .prefixCache(PrefixCacheOptions.defaults())
                .build();
        try (Engine engine = Engine.start(model, options)) {
            for (int seed = 0; seed < 12; seed++) {
                answer(engine, prompt(seed));
                answer(engine, prompt(0)); // used again and again
            }
            assertThat(engine.prefixCache().snapshot().evictedTokens()).isPositive();
            assertThat(answer(engine, prompt(0)).cachedTokens()).isEqualTo(PREFIX - 1);
            assertThat(answer(engine, prompt(1)).cachedTokens()).isZero();
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void followers_behindARequestThatDoesNotFit_beginWhenTheirLeaderIsPrefilled() {
        EngineOptions options = EngineFixture.options().maxPrefillTokens(16).build();
        try (Engine engine = Engine.start(model, options)) {
            Runnable goOn = EngineFixture.hold(engine);
            Generation leader =
                    engine.submit(EngineFixture.endless(followed(prompt(1), 3)).build());
            Generation follower = engine.submit(
                    EngineFixture.greedy(followed(prompt(1), 4)).maxTokens(3).build());
            // Waits for all four sequences, of which the leader has one.
            Generation large = engine.submit(
                    EngineFixture.greedy(prompt(2)).answers(4).maxTokens(3).build());
            goOn.run();
            follower.text();
            assertThat(follower.usage().cachedTokens()).isEqualTo(PREFIX);
            assertThat(leader.isFinished()).isFalse();
            leader.cancel();
            large.text();
            EngineFixture.awaitIdle(engine);
        }
    }

    @Test
    void none_keepsNothing() {
        EngineOptions options =
                EngineFixture.options().prefixCache(PrefixCacheOptions.none()).build();
        try (Engine engine = Engine.start(model, options)) {
            answer(engine, prompt(1));
            assertThat(answer(engine, prompt(1)).cachedTokens()).isZero();
            assertThat(engine.prefixCache().entries()).isEmpty();
            assertThatThrownBy(() -> engine.prefixCache().warm(PrefixRequest.of("text")))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("EngineOptions.prefixCache");
        }
    }

    @Test
    void score_sameText_againComputesTheContinuationOnly() throws Exception {
        try (Engine engine = start(KvCacheLayout.AUTO)) {
            String prompt = "Once upon a time there was a king, and he had three daughters and no son at all.";
            double first = engine.score(ScoreRequest.of(prompt, " Then he died."))
                    .get()
                    .logLikelihood();
            long computed = engine.snapshot().promptTokens();
            double again = engine.score(ScoreRequest.of(prompt, " Then he died."))
                    .get()
                    .logLikelihood();
            assertThat(again).isCloseTo(first, org.assertj.core.data.Offset.offset(0.5));
            assertThat(engine.snapshot().promptTokens() - computed).isLessThan(computed / 2);
        }
    }
}
