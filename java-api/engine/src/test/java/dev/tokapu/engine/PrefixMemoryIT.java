package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an engine keeps of models whose memory cannot be cut: whole sequences. */
@Timeout(300)
class PrefixMemoryIT {

    private static final int PREFIX = 50;
    private static final int ANSWER = 6;

    @TempDir
    private Path folder;

    private static Stream<Arguments> memories() {
        return Stream.of(TinyMemoryGguf.values())
                .flatMap(kind -> Stream.of(KvCacheLayout.SPLIT, KvCacheLayout.UNIFIED)
                        .map(layout -> Arguments.of(kind, layout)));
    }

    private static Engine start(Model model, KvCacheLayout layout) {
        return Engine.start(model, EngineFixture.options().kvLayout(layout).build());
    }

    private static int[] prefix() {
        return IntStream.range(0, PREFIX).map(i -> 3 + i * 7 % 20).toArray();
    }

    private static int[] followed(int[] prompt, int... more) {
        return IntStream.concat(Arrays.stream(prompt), Arrays.stream(more)).toArray();
    }

    private static Generation answer(Model model, Engine engine, String tenant, int[] prompt) {
        Generation generation = engine.submit(
                EngineFixture.greedy(prompt).maxTokens(ANSWER).tenant(tenant).build());
        generation.text();
        EngineIT.assertGreedy(model, prompt, generation.tokens());
        return generation;
    }

    @ParameterizedTest
    @MethodSource("memories")
    void warmedPrefixAndConversation_areContinuedAsAWhole(TinyMemoryGguf kind, KvCacheLayout layout)
            throws IOException {
        try (Model model = EngineFixture.load(kind, folder);
                Engine engine = start(model, layout)) {
            engine.prefixCache()
                    .warm(PrefixRequest.of(new Prompt.Tokens(prefix())).forEverybody())
                    .join();
            for (String tenant : List.of("one", "other")) {
                int[] question = followed(prefix(), 3, 4, 5);
                Generation first = answer(model, engine, tenant, question);
                assertThat(first.usage().cachedTokens()).isEqualTo(PREFIX);
                int[] next = followed(followed(question, first.tokens()), 8, 9);
                assertThat(answer(model, engine, tenant, next).usage().cachedTokens())
                        .as("all but the last token, which was not computed")
                        .isEqualTo(question.length + ANSWER - 1);
            }
            EngineFixture.awaitIdle(engine);
        }
    }

    @ParameterizedTest
    @MethodSource("memories")
    void samePrompt_behindWhichAnAnswerIsKept_isComputedAgain(TinyMemoryGguf kind, KvCacheLayout layout)
            throws IOException {
        try (Model model = EngineFixture.load(kind, folder);
                Engine engine = start(model, layout)) {
            answer(model, engine, "", prefix());
            assertThat(answer(model, engine, "", prefix()).usage().cachedTokens())
                    .isZero();
            EngineFixture.awaitIdle(engine);
        }
    }
}
