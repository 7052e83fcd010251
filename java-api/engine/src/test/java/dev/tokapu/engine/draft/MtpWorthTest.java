package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which tokens MTP heads read, of steps and of prompts. */
class MtpWorthTest {

    private static final double MILLI = 1e6;

    private final DraftPlanner planner = new DraftPlanner(3);
    private final DraftWorth worth = planner.worth();

    private ModelDrafts answer() {
        ModelDrafts answer = new ModelDrafts(planner, 8, 0, true, new int[1000], 1000);
        answer.room(8);
        return answer;
    }

    /** A debt for all that was read in vain had no end, and nothing was read any more. */
    @Test
    void heads_thatReadInVainForLong_readAgain() {
        ModelDrafts answer = answer();
        worth.read(ReadingTime.LEAST, MILLI);
        for (int i = 0; i < 100; i++) {
            worth.begins(1, true);
            List<AnswerDrafts> candidates = new ArrayList<>(List.of(answer));
            worth.choose(candidates, 1);
            int drafts = worth.answers() * worth.length();
            if (drafts > 0) {
                worth.round(1, MILLI);
                answer.verified(drafts, drafts);
            }
            worth.stepComputed(1, drafts, (11 + drafts) * MILLI);
        }
        worth.begins(1, true);
        assertThat(worth.paysToFeed(answer, 1, 1)).isTrue();
        for (int i = 0; i < 1000; i++) {
            worth.readInVain(1, 10 * MILLI);
        }
        assertThat(worth.paysToFeed(answer, 1, 1)).isFalse();
        assertThat(worth.paysToFeedPrompt(answer, 1, 1, 1)).isTrue();
        for (int i = 0; i < 6000; i++) {
            worth.stepComputed(1, 0, 11 * MILLI);
        }
        worth.begins(1, true);
        assertThat(worth.triesToRead(answer, 1, 1)).isTrue();
    }

    /** Until the first step without prompts everything was read. */
    @Test
    void heads_ofWhichNothingIsKnown_readSomeTokensOnly() {
        ModelDrafts answer = answer();
        int read = 0;
        while (read < 100_000 && worth.paysToFeedPrompt(answer, 100, 500, 1)) {
            read += 100;
        }
        assertThat(read).isBetween(100, 2000);
    }
}
