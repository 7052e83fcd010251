package dev.tokapu.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    private static final Range VOCABULARY = new Range(100, 300);

    private static int[][] prompts(List<LoadRequest> requests) {
        return requests.stream().map(LoadRequest::promptTokens).toArray(int[][]::new);
    }

    @Test
    void requests_haveTheLengthsAndTokensThatAreAskedFor() {
        List<LoadRequest> requests =
                Workload.random(new Range(4, 7), new Range(3, 3), VOCABULARY, 1).requests(500, 0);
        assertThat(requests).hasSize(500).allMatch(request -> request.maxTokens() == 3);
        assertThat(requests.stream().map(request -> request.promptTokens().length))
                .containsOnly(4, 5, 6, 7);
        assertThat(requests.stream().flatMapToInt(request -> IntStream.of(request.promptTokens())))
                .allMatch(token -> token >= 100 && token <= 300)
                .contains(100, 300);
    }

    @Test
    void skewedLengths_areMostlyShortAndStayWithinTheirBounds() {
        int[] lengths =
                Workload.random(Range.parse("20~2000"), new Range(3, 3), VOCABULARY, 1).requests(1000, 0).stream()
                        .mapToInt(request -> request.promptTokens().length)
                        .sorted()
                        .toArray();
        assertThat(lengths[0]).isBetween(20, 60);
        assertThat(lengths[500]).as("the median, about the root of 20 x 2000").isBetween(160, 240);
        assertThat(lengths[999]).isBetween(1000, 2000);
        assertThat(Range.parse("20~2000")).hasToString("20~2000");
    }

    @Test
    void sameSeed_sameRequests_otherSaltOrSeed_others() {
        Workload workload = Workload.random(new Range(8, 8), new Range(3, 9), VOCABULARY, 1);
        Workload other = Workload.random(new Range(8, 8), new Range(3, 9), VOCABULARY, 2);
        int[][] prompts = prompts(workload.requests(50, 1));
        assertThat(prompts(workload.requests(50, 1))).isDeepEqualTo(prompts);
        assertThat(Arrays.deepEquals(prompts(workload.requests(50, 2)), prompts))
                .isFalse();
        assertThat(Arrays.deepEquals(prompts(other.requests(50, 1)), prompts)).isFalse();
    }

    @Test
    void sharedPrefix_isTheSameInAGroupAndInTheWarmUp() {
        Workload workload = new Workload(new Range(5, 5), new Range(1, 1), 3, 20, VOCABULARY, 1);
        var prefixes = Arrays.stream(prompts(workload.requests(100, 1)))
                .map(prompt -> Arrays.toString(Arrays.copyOf(prompt, 20)))
                .collect(Collectors.toSet());
        var ofWarmUp = Arrays.stream(prompts(workload.requests(100, 2)))
                .map(prompt -> Arrays.toString(Arrays.copyOf(prompt, 20)))
                .collect(Collectors.toSet());
        assertThat(prefixes).hasSize(3).isEqualTo(ofWarmUp);
        var whole = Arrays.stream(prompts(workload.requests(100, 1)))
                .map(Arrays::toString)
                .collect(Collectors.toSet());
        assertThat(whole).hasSize(100);
        assertThat(workload.largest()).isEqualTo(26);
    }

    @Test
    void groupsWithoutPrefix_areRefused() {
        assertThatThrownBy(() -> new Workload(VOCABULARY, VOCABULARY, 3, 0, VOCABULARY, 1))
                .hasMessageContaining("3 groups");
    }
}
