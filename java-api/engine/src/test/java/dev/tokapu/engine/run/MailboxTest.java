package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxTest {

    private final Mailbox mailbox = new Mailbox();
    private final List<String> done = new ArrayList<>();

    @SuppressWarnings("NullAway") // these commands do not look at the loop
    private void drain() {
        mailbox.drain(null);
    }

    /** A caller that asked again and again kept the engine from its next step, and found it as it was before. */
    @Test
    void drain_commandsThatComeMeanwhile_areDoneNextTime() {
        mailbox.add(loop -> {
            done.add("first");
            mailbox.add(later -> done.add("third"));
        });
        mailbox.add(loop -> done.add("second"));
        drain();
        assertThat(done).containsExactly("first", "second");
        drain();
        assertThat(done).containsExactly("first", "second", "third");
        drain();
        assertThat(done).hasSize(3);
    }
}
