package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
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

    @Test
    void line_isFreeWhenTheWorkEnds() {
        FakeConsole fake = new FakeConsole("", true);
        LoadBar bar = new LoadBar(fake.console, false, "Loading", new Interrupt());
        boolean unused = bar.during(() -> {
            for (int i = 0; fake.err().isEmpty(); i++) { // it is silent at first
                bar.onProgress(i % 2 / 2f);
            }
            return true;
        });
        assertThat(fake.err()).contains("Loading").endsWith("\r\033[K");
        int before = fake.err().length();
        boolean unusedToo = bar.during(() -> bar.onProgress(0.5f) && bar.onProgress(0));
        assertThat(fake.err().substring(before)).as("the next work").contains("50 %", " 0 %");
    }
}
