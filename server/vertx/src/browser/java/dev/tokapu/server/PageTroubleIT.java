package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.caller.Callers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong is told, and what can be done is offered. */
@Timeout(300)
@Tag("ffm")
class PageTroubleIT {

    private static final String ONE = "sk-one-0123456789abcdef";
    private static final String TWO = "sk-two-0123456789abcdef";

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

    private void start(ServerOptions.Builder options) {
        http = new ServerFixture(model, 2, PageScript.CONTEXT, options.build());
        browser = new Browser().open(http);
    }

    @AfterEach
    void close() {
        browser.close();
        http.close();
    }

    private void giveKey(String key) {
        browser.set("dialog input[type=password]", key);
        browser.pressText("Use this key");
        browser.await("the end of the dialog", () -> !browser.has("dialog"));
    }

    @Test
    void key_isAskedFor_andAWrongOneAgain() {
        start(ServerOptions.builder().callers(ApiKeys.of(ONE)));
        browser.set("dialog input[type=password]", TWO);
        browser.pressText("Use this key");
        browser.await("the dialog again", () -> browser.text("dialog").contains("does not know this key"));
        giveKey(ONE);
        browser.await("the models", () -> browser.text("select.model").contains(ServerFixture.NAME));
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        assertThat(browser.lastAnswer()).contains("hello");
    }

    @Test
    void keyThatHasExpired_isAskedFor_andTheQuestionIsAskedAgain() {
        AtomicReference<Callers> callers = new AtomicReference<>(ApiKeys.of(ONE));
        start(ServerOptions.builder().callers(exchange -> callers.get().of(exchange)));
        giveKey(ONE);
        browser.await("the models", () -> browser.text("select.model").contains(ServerFixture.NAME));
        callers.set(ApiKeys.of(TWO));
        browser.ask(PageScript.HELLO);
        browser.await("the dialog", () -> browser.text("dialog").contains("or no longer"));
        giveKey(TWO);
        browser.await("the answer", () -> browser.lastAnswer().contains("hello"));
        browser.awaitAnswers(1);
        assertThat(browser.has(".trouble")).isFalse();
    }

    @Test
    void limitOfAKey_isCountedDown() {
        start(ServerOptions.builder().callers(ApiKeys.parse(List.of(ONE + " requests-per-minute=1"))));
        giveKey(ONE);
        browser.ask(PageScript.HELLO);
        browser.awaitAnswers(1);
        browser.press("Generate another answer");
        browser.await("the trouble", () -> browser.text(".trouble").contains("There is room again in"));
        assertThat(browser.text(".trouble")).contains("1 requests a minute");
        assertThat(browser.find(".trouble button").isEnabled()).isFalse();
        assertThat(browser.find(".trouble").getDomAttribute("role")).isEqualTo("alert");
    }

    @Test
    void serverThatGoesAway_withinAnAnswer_isTold_andTheAnswerKept() {
        start(ServerOptions.builder());
        browser.ask(PageScript.LONG_QUESTION);
        browser.await("some of it", () -> browser.lastAnswer().contains("on and on"));
        http.server.close();
        browser.await("the trouble", () -> browser.has(".trouble"));
        assertThat(browser.lastAnswer()).contains("So it goes on and on.", "Generate again");
        browser.pressText("Generate again");
        browser.await("the trouble", () -> browser.text(".banner").contains("cannot be reached"));
    }

    @Test
    void conversationThatIsTooLong_isTold_withWhatCanBeDone() {
        start(ServerOptions.builder());
        browser.ask("x".repeat(PageScript.CONTEXT + 100));
        browser.await("the trouble", () -> browser.has(".trouble"));
        assertThat(browser.text(".trouble")).contains("Begin a new conversation");
        browser.pressText("New conversation");
        browser.await("the new one", () -> browser.has(".welcome"));
    }

    @Test
    void settingThatIsRefused_isNamed() {
        start(ServerOptions.builder());
        browser.press("Settings");
        browser.set("aside textarea.mono", "{");
        browser.ask(PageScript.HELLO);
        browser.await("the trouble", () -> browser.text(".trouble").contains("The tools are no JSON"));
    }
}
