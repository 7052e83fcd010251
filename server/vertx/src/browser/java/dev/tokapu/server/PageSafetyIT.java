package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Texts that want to be scripts stay texts. */
@Timeout(300)
@Tag("ffm")
class PageSafetyIT {

    /** Stores a conversation whose every text is hostile, as an export of somebody else may be. */
    private static final String STORE = """
            const text = arguments[0], done = arguments[1];
            const message = (id, parent, role, more) => ({id, parent, role, content: text, created: 1, ...more});
            const conversation = {id: 'x1', title: text, created: 1, updated: Date.now(), settings: {system: text, model: text, tools: text},
                tree: {shown: {}, messages: {
                    a: message('a', null, 'user', {attachments: [{name: text, text}]}),
                    b: message('b', 'a', 'assistant', {reasoning: text, model: text, finish: text,
                        toolCalls: [{id: text, name: text, arguments: text}], trouble: {kind: 'failed', message: text}}),
                    c: message('c', 'b', 'tool', {toolCallId: text}),
                    d: message('d', 'c', 'assistant', {})}}};
            const opening = indexedDB.open('tokapu', 1);
            opening.onsuccess = () => {
                const all = opening.result.transaction('conversations', 'readwrite');
                all.objectStore('conversations').put(conversation);
                all.oncomplete = done;
            };
            """;

    @TempDir
    private Path folder;

    private Model model;
    private ServerFixture http;
    private Browser browser;

    @BeforeEach
    void start() {
        model = PageScript.in(folder).load();
        http = new ServerFixture(model, 2, PageScript.CONTEXT, ServerOptions.defaults());
        browser = new Browser().open(http);
    }

    @AfterEach
    void close() {
        browser.close();
        http.close();
        model.close();
    }

    private void assertHarmless() {
        assertThat(browser.js("return window.pwned ?? null")).isNull();
        String foreign =
                "#page :is(script, style, iframe, img, object, embed, math, svg:not(.icon, .chart svg), [onerror], [onload], [ontoggle])";
        assertThat(browser.all(foreign)).isEmpty();
        assertThat(browser.all(".markdown a:not([href^='http:'], [href^='https:'], [href^='mailto:'])"))
                .isEmpty();
        assertThat(browser.complaints()).isEmpty(); // the policy had nothing to forbid
    }

    @Test
    void answer_thatIsHostile_isText() {
        browser.ask(PageScript.HOSTILE_QUESTION);
        browser.awaitAnswers(1);
        assertThat(browser.lastAnswer())
                .contains(
                        "<script>window.pwned = 1</script>",
                        "onerror=window.pwned=3",
                        "</code></pre><script>",
                        "The end.");
        browser.all(".markdown a")
                .forEach(link -> assertThat(link.getDomAttribute("rel")).contains("noopener"));
        assertHarmless();
    }

    @Test
    void conversation_thatIsHostileInAllOfItsParts_isText() {
        browser.driver.executeAsyncScript(STORE, PageScript.HOSTILE);
        browser.driver.get(http.uri("/#/chat/x1").toString());
        browser.reload();
        browser.await("the conversation", () -> browser.all(".message").size() == 4);
        browser.js("document.querySelectorAll('details').forEach(details => details.open = true)");
        browser.press("Settings");
        assertThat(browser.text(".question")).contains("<script>window.pwned = 1</script>");
        assertHarmless();
    }

    @Test
    void scripts_thatGotIn_wouldNotRun() {
        browser.js(
                "const script = document.createElement('script');"
                        + "try { script.textContent = 'window.pwned = 20'; document.body.append(script); } catch (e) {}"
                        + "try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned=21\">'); } catch (e) {}");
        assertThat(browser.js("return window.pwned ?? null")).isNull();
        assertThat(browser.complaints()).isNotEmpty();
    }

    @Test
    void key_isNotKept_unlessThatIsAskedFor() {
        browser.press("API key");
        browser.set("dialog input[type=password]", "sk-secret-0123456789");
        browser.pressText("Use this key");
        browser.await("the end of the dialog", () -> !browser.has("dialog"));
        assertThat(browser.js("return JSON.stringify(localStorage)").toString()).doesNotContain("sk-secret");
        assertThat(browser.js("return JSON.stringify(sessionStorage)").toString())
                .contains("sk-secret");
        browser.press("API key");
        browser.click("dialog input[type=checkbox]");
        browser.pressText("Use this key");
        browser.await("the end of the dialog", () -> !browser.has("dialog"));
        assertThat(browser.js("return JSON.stringify(localStorage)").toString()).contains("sk-secret");
    }
}
