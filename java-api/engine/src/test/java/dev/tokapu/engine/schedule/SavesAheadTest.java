package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is saved before a request needs its room. */
class SavesAheadTest extends SavesScene {

    /** It waited for the save of what made room for it, a tenth of a second of a GPU. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void request_whoseRoomWasSavedBeforeItCame_doesNotWait(boolean shared) {
        start(shared);
        answer(1);
        offer(9, 60);
        steps(3);
        assertThat(saving).hasSize(1);
        saved();
        ScheduledRequest<String> request = offer(2, 2);
        assertThat(step()).containsExactly(KvOperation.Kind.CLEAR);
        assertThat(request.isQueued()).isFalse();
    }

    @Test
    void roomForTheNextRequests_savesNothing() {
        start(4, false);
        answer(1);
        offer(9, 60);
        steps(5);
        assertThat(saving).isEmpty();
    }
}
