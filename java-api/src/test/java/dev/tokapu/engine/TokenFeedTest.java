package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenFeedTest {

    @Test
    void takeLogits_whileTheFeedGrows_keepsNone() {
        TokenFeed feed = new TokenFeed();
        feed.keepLogits();
        for (int i = 0; i < 1000; i++) {
            feed.add(i, new float[] {i});
            if (i >= 100) {
                assertThat(feed.takeLogits()).containsExactly(i - 100);
            }
        }
        assertThat(feed.published()).isEqualTo(1000);
        assertThat(feed.token(999)).isEqualTo(999);
        feed.dropLogits();
        feed.add(1000, new float[] {1});
        assertThat(feed.takeLogits()).isNull();
    }

    @Test
    void end_twice_isTheFirst() {
        TokenFeed feed = new TokenFeed();
        feed.end(new TokenFeed.Ending(dev.tokapu.FinishReason.STOP_TOKEN, null));
        feed.end(new TokenFeed.Ending(dev.tokapu.FinishReason.CANCELLED, null));
        assertThat(feed.ending().reason()).isEqualTo(dev.tokapu.FinishReason.STOP_TOKEN);
    }
}
