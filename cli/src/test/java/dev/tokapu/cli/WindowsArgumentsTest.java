package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Expected are the results of Microsoft's documentation of its C library. */
class WindowsArgumentsTest {

    @Test
    void arguments_areSeparatedByBlanks() {
        assertThat(parsed(" run  Why\tis ")).containsExactly("run", "Why", "is");
        assertThat(parsed("")).isEmpty();
        assertThat(parsed("  ")).isEmpty();
    }

    @Test
    void quotationMarks_holdBlanksAndNothing() {
        assertThat(parsed("run \"a b\" \"\" c\" d \"e")).containsExactly("run", "a b", "", "c d e");
        assertThat(parsed("\"not closed ")).containsExactly("not closed ");
        assertThat(parsed("\"a \"\"b\"\" c\" d")).containsExactly("a \"b\" c", "d");
    }

    @Test
    void backslashes_meanSomethingBeforeQuotationMarks() {
        assertThat(parsed("\"abc\" d e")).containsExactly("abc", "d", "e");
        assertThat(parsed("a\\\\b d\"e f\"g h")).containsExactly("a\\\\b", "de fg", "h");
        assertThat(parsed("a\\\\\\\"b c d")).containsExactly("a\\\"b", "c", "d");
        assertThat(parsed("a\\\\\\\\\"b c\" d e")).containsExactly("a\\\\b c", "d", "e");
        assertThat(parsed("C:\\models\\ x")).containsExactly("C:\\models\\", "x");
    }

    @Test
    void signsOfTheShell_areLetters() {
        assertThat(parsed("run (briefly)? ö 😀 *.gguf 100% ^ !"))
                .containsExactly("run", "(briefly)?", "ö", "😀", "*.gguf", "100%", "^", "!");
    }

    @Test
    void ownArguments_comeFirst() {
        String[] own = {"doctor"};
        assertThat(WindowsArguments.of(own, "run x")).isSameAs(own);
        assertThat(WindowsArguments.of(new String[0], null)).isEmpty();
    }

    private static String[] parsed(String variable) {
        return WindowsArguments.of(new String[0], variable);
    }
}
