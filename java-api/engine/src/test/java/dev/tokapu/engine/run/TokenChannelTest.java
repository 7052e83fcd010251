package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenChannelTest {

    @Test
    void takeLogits_whileTheFeedGrows_keepsNone() {
        TokenChannel channel = new TokenChannel(true);
        for (int i = 0; i < 1000; i++) {
            channel.add(i, new float[] {i});
            if (i >= 100) {
                assertThat(channel.takeLogits()).containsExactly(i - 100);
            }
        }
        assertThat(channel.published()).isEqualTo(1000);
        assertThat(channel.token(999)).isEqualTo(999);
        channel.dropLogits();
        channel.add(1000, new float[] {1});
        assertThat(channel.takeLogits()).isNull();
    }

    @Test
    void end_twice_isTheFirst() {
        TokenChannel channel = new TokenChannel(false);
        channel.end(new TokenChannel.Ending(dev.tokapu.text.FinishReason.STOP_TOKEN, null));
        channel.end(new TokenChannel.Ending(dev.tokapu.text.FinishReason.CANCELLED, null));
        assertThat(channel.ending().reason()).isEqualTo(dev.tokapu.text.FinishReason.STOP_TOKEN);
    }
}
