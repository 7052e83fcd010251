package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.model.ServedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The page by keyboard, on a phone, for a screen reader; the engine's tab, several models, tools. */
@Timeout(300)
@Tag("ffm")
class PageAccessIT {

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

    private String focused() {
        return String.valueOf(browser.js(
                "const it = document.activeElement; return it.getAttribute('aria-label') ?? it.textContent.trim()"));
    }

    @Test
    void keyboardAlone_asksStopsAndSwitches() {
        browser.js("document.querySelector('.skip').focus()");
        assertThat(focused()).isEqualTo("To the message field");
        browser.keys(Keys.ENTER);
        assertThat(focused()).isEqualTo("Message");
        browser.keys("one", Keys.chord(Keys.SHIFT, Keys.ENTER), "two");
        assertThat(browser.find("#message").getDomProperty("value")).isEqualTo("one\ntwo");
        browser.set("#message", PageScript.LONG_QUESTION);
        browser.keys(Keys.ENTER);
        browser.await("some of it", () -> browser.lastAnswer().contains("on and on"));
        browser.keys(Keys.ESCAPE);
        browser.awaitAnswers(1);
        assertThat(browser.lastAnswer()).contains("Stopped.");
        browser.js("document.getElementById('tab-chat').focus()");
        browser.keys(Keys.ARROW_RIGHT);
        assertThat(focused()).isEqualTo("Engine");
        browser.await("the engine", () -> browser.has(".engine .tile"));
    }

    @Test
    void dialog_takesTheFocus_andGivesItBack() {
        browser.press("API key");
        browser.await(
                "the field",
                () -> browser.js("return document.activeElement.type").equals("password"));
        browser.keys(Keys.ESCAPE);
        browser.await("the focus where it was", () -> focused().equals("API key"));
        assertThat(browser.has("dialog")).isFalse();
    }

    @Test
    void everyControl_hasAName() {
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        browser.press("Settings");
        Object nameless = browser.js(
                "return [...document.querySelectorAll('button, input, select, textarea, summary, [role=img], [role=region]')]"
                        + ".filter(it => !(it.getAttribute('aria-label') || it.labels?.length || it.textContent.trim()))"
                        + ".map(it => it.outerHTML).join()");
        assertThat(nameless).isEqualTo("");
    }

    @Test
    void screenReader_isToldTheAnswerOnce_notTokenByToken() {
        browser.js(
                "window.said = []; new MutationObserver(() => said.push(document.querySelector('[role=status]').textContent))"
                        + ".observe(document.querySelector('[role=status]'), {childList: true, characterData: true, subtree: true})");
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        browser.await(
                "the answer", () -> browser.js("return said.join()").toString().contains("Well, **hello**"));
        assertThat((Long) browser.js("return said.length")).isEqualTo(2);
        assertThat(browser.all("[aria-live]:not([role=status], .siblings span), [role=log]"))
                .isEmpty();
    }

    @Test
    void phone_hasItAllInItsWidth() {
        browser.driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", 360, "height", 720, "deviceScaleFactor", 1, "mobile", true));
        browser.ask(PageScript.HOSTILE_QUESTION);
        browser.awaitAnswers(1);
        assertThat(browser.js("return document.documentElement.scrollWidth")).isEqualTo(360L);
        assertThat(browser.js(
                        "const box = document.querySelector('.thread'); return box.scrollWidth - box.clientWidth"))
                .isEqualTo(0L);
        assertThat(browser.find(".sidebar").isDisplayed()).isFalse();
        browser.press("Conversations");
        browser.await("the list", () -> browser.find(".sidebar .title").isDisplayed());
        browser.pressText("New conversation");
        browser.await(
                "the new one",
                () -> browser.has(".welcome") && !browser.find(".sidebar").isDisplayed());
        browser.click("#tab-engine");
        browser.await("the engine", () -> browser.has(".engine .requests"));
        assertThat(browser.js(
                        "const box = document.querySelector('.engine'); return box.scrollWidth - box.clientWidth"))
                .isEqualTo(0L);
    }

    @Test
    void colours_areTheSystems_orThoseThatWereChosen() {
        String back = "return getComputedStyle(document.body).backgroundColor";
        Object light = browser.js(back);
        browser.press("Colours: system");
        browser.press("Colours: light");
        assertThat(browser.js(back)).isNotEqualTo(light);
        browser.reload();
        assertThat(browser.js(back)).isNotEqualTo(light);
        browser.press("Colours: dark");
        assertThat(browser.js(back)).isEqualTo(light);
    }

    @Test
    void engineTab_showsWhatRuns_andTheRequests() {
        browser.ask(PageScript.LONG_QUESTION);
        browser.await("some of it", () -> browser.lastAnswer().contains("on and on"));
        browser.click("#tab-engine");
        browser.await("the request", () -> browser.text(".requests").contains("generating"));
        browser.await("the figures", () -> browser.text(".tiles").contains("1 of 2"));
        browser.click("#tab-chat");
        browser.press("Stop");
        browser.awaitAnswers(1);
        browser.click("#tab-engine");
        browser.await("its end", () -> browser.text(".requests").contains("gone"));
        assertThat(browser.text(".requests"))
                .contains("/v1/chat/completions", ServerFixture.NAME)
                .doesNotContain("~~~");
        assertThat(browser.all(".chart svg[aria-label]")).hasSize(6);
    }

    @Test
    void models_areChosenByName() {
        EngineOptions options = EngineOptions.builder()
                .context(ServerFixture.context().build())
                .maxSequences(1)
                .sequenceContextSize(1024)
                .samplingThreads(1)
                .build();
        try (Engine one = Engine.start(model, options);
                Engine two = Engine.start(model, options);
                Server server = Server.start(
                        ServerOptions.builder().port(0).build(),
                        List.of(new ServedModel("one", List.of(), one), new ServedModel("two", List.of(), two)))) {
            browser.driver.get("http://127.0.0.1:" + server.port() + "/");
            browser.await("the models", () -> browser.all("select.model option").size() == 2);
            browser.set("select.model", "two");
            browser.ask(PageScript.HELLO);
            browser.awaitAnswers(1);
            assertThat(two.snapshot().completed()).isEqualTo(1);
            assertThat(one.snapshot().submitted()).isZero();
            browser.reload();
            browser.await(
                    "the model", () -> "two".equals(browser.find("select.model").getDomProperty("value")));
        }
    }
}
