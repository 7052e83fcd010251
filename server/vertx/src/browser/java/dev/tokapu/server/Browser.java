package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium with the page in it. What a test waits for may take its time. */
final class Browser implements AutoCloseable {

    private static final Path PICTURES = Path.of("target/pictures");
    private static final String MESSAGE = "textarea#message";
    private static final String ANSWERS = ".answer";

    final ChromeDriver driver;

    Browser() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(System.getProperty("tokapu.chromium", "/usr/bin/chromium"));
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,860");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        // Given, so that Selenium looks for none and loads none.
        File executable = new File(System.getProperty("tokapu.chromedriver", "/usr/bin/chromedriver"));
        assertThat(executable)
                .as("Debian: apt-get install chromium chromium-driver")
                .exists();
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(executable)
                        .build(),
                options);
    }

    Browser open(ServerFixture http) {
        driver.get(http.uri("/").toString());
        await("the page", () -> has(MESSAGE));
        return this;
    }

    void reload() {
        driver.navigate().refresh();
        await("the page", () -> has(MESSAGE));
    }

    void await(String what, BooleanSupplier condition) {
        ServerFixture.await(what, () -> {
            try {
                return condition.getAsBoolean();
            } catch (StaleElementReferenceException e) { // the page was made again in between
                return false;
            }
        });
    }

    boolean has(String css) {
        return !all(css).isEmpty();
    }

    List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    WebElement find(String css) {
        await(css, () -> has(css));
        return driver.findElement(By.cssSelector(css));
    }

    /** The text of the first of these; empty when there is none. */
    String text(String css) {
        List<WebElement> found = all(css);
        return found.isEmpty() ? "" : found.get(0).getText();
    }

    void click(String css) {
        find(css).click();
    }

    /** Clicks on the button with a label. */
    void press(String label) {
        click("button[aria-label='" + label + "']");
    }

    /** Clicks on the button with a text. */
    void pressText(String text) {
        By button = By.xpath("//button[normalize-space()='" + text + "']");
        await(
                "the button " + text,
                () -> !driver.findElements(button).isEmpty()
                        && driver.findElement(button).isEnabled());
        driver.findElement(button).click();
    }

    /** Writes a message and sends it with Enter. */
    void ask(String question) {
        set(MESSAGE, question);
        find(MESSAGE).sendKeys(Keys.ENTER);
        await(
                "the question",
                () -> has(".question") && find(MESSAGE).getDomProperty("value").isEmpty());
    }

    /** Fills a field at once: long texts take a browser long to type. */
    void set(String css, String text) {
        js(
                "const it = arguments[0]; it.focus(); it.value = arguments[1];"
                        + "for (const event of ['input', 'change']) it.dispatchEvent(new Event(event, {bubbles: true}));",
                find(css),
                text);
    }

    /** Types keys to whatever has the focus. */
    void keys(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    /** What the browser keeps of the conversations, as JSON. */
    String kept() {
        return String.valueOf(
                driver.executeAsyncScript("const done = arguments[0]; indexedDB.open('tokapu', 1).onsuccess = it =>"
                        + " it.target.result.transaction('conversations').objectStore('conversations').getAll().onsuccess ="
                        + " all => done(JSON.stringify(all.target.result))"));
    }

    boolean growing() {
        return has(".answer[aria-busy='true']");
    }

    /** Waits until so many answers are there and none grows. */
    void awaitAnswers(int count) {
        await(count + " answers", () -> all(ANSWERS).size() == count && !growing());
    }

    /** The text of the last answer. */
    String lastAnswer() {
        List<WebElement> answers = all(ANSWERS);
        return answers.isEmpty() ? "" : answers.get(answers.size() - 1).getText();
    }

    Object js(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    void size(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
    }

    /** What the page has told the console about what the policy forbids, and of errors in its scripts. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(entry -> entry.getMessage())
                .filter(message -> message.contains("Content Security Policy")
                        || message.contains("TrustedHTML")
                        || message.contains("Uncaught"))
                .toList();
    }

    /** What it showed at last is a picture in {@code target/pictures}. */
    @Override
    public void close() {
        try {
            Files.createDirectories(PICTURES);
            Path picture = Files.createTempFile(PICTURES, "page-", ".png"); // tests run in several JVMs
            Files.write(picture, driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            driver.quit();
        }
    }
}
