package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadBarTest {

    @Test
    void workThatIsGivenUp_endsAtItsNextProgress() {
        LoadBar bar = new LoadBar(new FakeConsole("").console, true, "Loading", new Interrupt());
        boolean goesOn = bar.during(() -> {
            boolean before = bar.onProgress(0.1f);
            bar.giveUp();
            return before && !bar.onProgress(0.2f);
        });
        assertThat(goesOn).isTrue();
    }
}
