package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a model thinks and which tools it calls, in a browser. */
@Timeout(300)
@Tag("ffm")
class PageToolsIT {

    @TempDir
    private Path folder;

    @Test
    void thoughtsAreFolded_callsShown_andTheirResultsAskedFor() {
        try (Model model = AdderScript.in(folder).load();
                ServerFixture http = new ServerFixture(model, 2, 0, ServerOptions.defaults());
                Browser browser = new Browser().open(http)) {
            browser.press("Settings");
            browser.set("aside textarea.mono", '[' + tool() + ']');
            browser.ask(AdderScript.CALL_QUESTION);
            browser.awaitAnswers(1);
            assertThat(browser.find(".reasoning").getDomProperty("open")).isEqualTo("false");
            browser.click(".reasoning summary");
            assertThat(browser.text(".reasoning")).contains(AdderScript.THOUGHT);
            assertThat(browser.all(".tool-call")).hasSize(2);
            assertThat(browser.text(".tool-call")).contains("add", "\"a\": 3");
            browser.set(".results label:nth-of-type(1) textarea", "three");
            browser.set(".results label:nth-of-type(2) textarea", "one");
            browser.pressText("Give results");
            browser.await("the results", () -> browser.all(".tool-result").size() == 2);
            browser.await("the end", () -> browser.all(".answer").size() == 2 && !browser.growing());
            assertThat(browser.has(".trouble")).isFalse();
        }
    }

    private static String tool() {
        return "{\"name\":\"add\",\"description\":\"adds\",\"parameters\":" + AdderScript.ADD.parametersJsonSchema()
                + "}";
    }
}
