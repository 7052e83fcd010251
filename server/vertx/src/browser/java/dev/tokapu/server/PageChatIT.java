package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** Conversations in a browser. */
@Timeout(300)
@Tag("ffm")
class PageChatIT {

    @TempDir
    private static Path folder;

    private static Model model;

    private ServerFixture http;
    private Browser browser;

    @BeforeAll
    static void load() {
        model = PageScript.in(folder).load();
    }

    @AfterAll
    static void unload() {
        model.close();
    }

    @BeforeEach
    void start() {
        http = new ServerFixture(model, 2, PageScript.CONTEXT, ServerOptions.defaults());
        browser = new Browser().open(http);
    }

    @AfterEach
    void close() {
        browser.close();
        http.close();
    }

    @Test
    void answer_isShownAsMarkdown_withCodeThatIsHighlighted() {
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        assertThat(browser.text(".answer strong")).isEqualTo("hello");
        assertThat(browser.text(".answer .code figcaption")).isEqualTo("java");
        assertThat(browser.text(".answer pre code")).isEqualTo("int four = 2 + 2; // é 😀");
        assertThat(browser.has(".answer pre .hl-comment")).isTrue();
        assertThat(browser.all(".answer li")).hasSize(2);
        assertThat(browser.text(".stats")).contains("tokens");
        browser.press("Copy code");
        browser.await(
                "what a screen reader is told",
                () -> browser.js("return document.querySelector('[role=status]').textContent")
                        .equals("Copied."));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void nothing_isLoadedFromElsewhere() {
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        Object foreign = browser.js("return performance.getEntriesByType('resource').map(entry => entry.name)"
                + ".filter(name => !name.startsWith(location.origin)).join()");
        assertThat(foreign).isEqualTo("");
    }

    @Test
    void conversation_isThereAfterAReload() {
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        String before = browser.lastAnswer();
        browser.reload();
        browser.awaitAnswers(1);
        assertThat(browser.lastAnswer()).isEqualTo(before);
        assertThat(browser.text(".question .bubble")).isEqualTo(PageScript.HELLO);
        assertThat(browser.text(".conversations li.current")).contains(PageScript.HELLO);
    }

    @Test
    void reload_withinAnAnswer_keepsWhatHadCome() {
        browser.ask(PageScript.LONG_QUESTION);
        browser.await("some of it", () -> browser.kept().contains("on and on"));
        browser.reload();
        browser.await("the answer", () -> browser.lastAnswer().contains("on and on"));
        ServerFixture.await("the cancel", () -> http.engine.snapshot().cancelled() == 1);
    }

    @Test
    void stop_endsTheGeneration_andKeepsWhatHadCome() {
        browser.ask(PageScript.LONG_QUESTION);
        browser.await("some of it", () -> browser.lastAnswer().contains("on and on"));
        browser.press("Stop");
        browser.awaitAnswers(1);
        assertThat(browser.lastAnswer()).contains("So it goes on and on.", "Stopped.");
        ServerFixture.await("the cancel", () -> http.engine.snapshot().cancelled() == 1);
    }

    @Test
    void regenerate_addsAVersion_andBothCanBeShown() {
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        browser.press("Generate another answer");
        browser.await(
                "the second version", () -> browser.text(".answer .siblings").contains("2/2") && !browser.growing());
        browser.press("Version before");
        browser.await(
                "the first version", () -> browser.text(".answer .siblings").contains("1/2"));
        browser.reload();
        browser.await(
                "the first version", () -> browser.text(".answer .siblings").contains("1/2"));
        assertThat(http.engine.snapshot().completed()).isEqualTo(2);
    }

    @Test
    void edit_beginsABranch_andTheOtherOneStays() {
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        browser.press("Edit message");
        browser.set("textarea[aria-label='Edit the message']", PageScript.OTHER);
        browser.keys(Keys.ENTER);
        browser.await("the other question", () -> browser.text(".bubble").equals(PageScript.OTHER));
        browser.awaitAnswers(1);
        assertThat(browser.text(".question .siblings")).contains("2/2");
        browser.press("Version before");
        browser.await("the first question", () -> browser.text(".bubble").equals(PageScript.HELLO));
        browser.awaitAnswers(1);
    }

    @Test
    void conversations_areRenamedAndDeleted() {
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        browser.js("document.querySelector('.conversations .title').focus()");
        browser.press("Rename " + PageScript.HELLO);
        browser.set("input.rename", "A new name");
        browser.keys(Keys.ENTER);
        browser.await("the name", () -> browser.text(".conversations li").contains("A new name"));
        browser.js("document.querySelector('.conversations .title').focus()");
        browser.press("Delete A new name");
        browser.pressText("Delete");
        browser.await("the end of it", () -> !browser.has(".conversations li") && !browser.has(".message"));
        browser.reload();
        assertThat(browser.has(".conversations li")).isFalse();
    }

    @Test
    void settings_areSentWithTheQuestion() {
        browser.press("Settings");
        browser.set("aside input[type=number][placeholder=default][max='2']", "0");
        browser.set("aside textarea", "Be short.");
        browser.js(
                "window.sent = []; const real = fetch; window.fetch = (to, init) => { if (init?.body) sent.push(init.body);"
                        + " return real(to, init); }");
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        assertThat((String) browser.js("return sent[0]"))
                .contains("\"temperature\":0", "{\"role\":\"system\",\"content\":\"Be short.\"}");
    }

    @Test
    void files_goWithTheMessageAsText() throws Exception {
        Path file = Files.writeString(folder.resolve("notes.txt"), "what is in it");
        browser.find("input[type=file][aria-label='Text files']").sendKeys(file.toString());
        browser.await("the file", () -> browser.text(".chips").contains("notes.txt"));
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        browser.click(".attachment summary");
        assertThat(browser.text(".attachment pre")).isEqualTo("what is in it");
    }
}
