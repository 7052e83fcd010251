package dev.tokapu.benchmarks.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ScenarioTest {

    /** Keeps nothing; its answers are the sums of what came before. */
    private static final class Forgetful implements Answering {
        @Override
        public Answer answer(int[] prompt, int tokens, Consumer<int[]> soFar) {
            int[] answer = new int[0];
            for (int i = 0; i < tokens; i++) {
                answer = Tokens.joined(answer, new int[] {Arrays.hashCode(Tokens.joined(prompt, answer))});
                soFar.accept(answer);
            }
            return new Answer(answer, 0, 0, 1);
        }

        @Override
        public void close() {}
    }

    private static String run(Scenario scenario, Map<String, Integer> sizes) throws IOException, InterruptedException {
        Recorded record = new Recorded();
        try (Answering system = new Forgetful()) {
            scenario.run(new Load(system, sizes, 1, record));
            return record.json(system.details());
        }
    }

    @Test
    void shared_prefixIsDueOnce() throws Exception {
        assertThat(run(Scenario.SHARED, Map.of("requests", 4, "prefix", 100, "own", 10, "output", 2)))
                .contains(
                        "\"requests\":4,\"hits\":0,\"prompt_tokens\":440,\"prefilled_tokens\":440,\"ideal_tokens\":140");
    }

    @Test
    void branches_areDueWithTheirOwnTokensOnly() throws Exception {
        assertThat(run(
                        Scenario.BRANCHES,
                        Map.of("branches", 3, "prefix", 100, "begun", 5, "own", 7, "output", 2, "live", 20)))
                .contains(
                        "{\"requests\":1,\"hits\":0,\"prompt_tokens\":100,\"prefilled_tokens\":100,\"ideal_tokens\":100")
                .contains(
                        "{\"requests\":3,\"hits\":0,\"prompt_tokens\":336,\"prefilled_tokens\":336,\"ideal_tokens\":21");
    }

    @Test
    void conversations_turnsAreDueWithTheirOwnTokensAndOneOfTheAnswer() throws Exception {
        assertThat(run(
                        Scenario.CONVERSATIONS,
                        Map.of("conversations", 3, "turns", 2, "shared", 10, "own", 20, "output", 4, "think", 0)))
                .contains("{\"requests\":3,\"hits\":0,\"prompt_tokens\":90,\"prefilled_tokens\":90,\"ideal_tokens\":70")
                .contains(
                        "{\"requests\":3,\"hits\":0,\"prompt_tokens\":162,\"prefilled_tokens\":162,\"ideal_tokens\":63");
    }

    @Test
    void agents_roundsAreDueWithTheirResultsAndOneOfTheCall() throws Exception {
        assertThat(run(
                        Scenario.AGENTS,
                        Map.of("loops", 2, "rounds", 2, "shared", 50, "own", 10, "result", 8, "output", 3, "tool", 0)))
                .contains(
                        "{\"requests\":2,\"hits\":0,\"prompt_tokens\":120,\"prefilled_tokens\":120,\"ideal_tokens\":70")
                .contains(
                        "{\"requests\":2,\"hits\":0,\"prompt_tokens\":142,\"prefilled_tokens\":142,\"ideal_tokens\":18");
    }

    @Test
    void unshared_everythingIsDue() throws Exception {
        assertThat(run(Scenario.UNSHARED, Map.of("users", 2, "requests", 3, "own", 10, "output", 3, "most", 10)))
                .contains("\"requests\":6,\"hits\":0")
                .containsPattern("\"prefilled_tokens\":(\\d+),\"ideal_tokens\":\\1,");
    }
}
