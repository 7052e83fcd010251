package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Grammars of regular expressions against {@link Pattern}. */
class RegexGrammarIT {

    private static final String[] ITEMS = {
        "a",
        "b",
        "\u00e9",
        "\ud83d\ude00",
        "ab",
        ".",
        "\\d",
        "\\w",
        "\\s",
        "\\D",
        "\\W",
        "\\S",
        "[ab]",
        "[^ab]",
        "[a-c1-3]",
        "[^\\d\\n]",
        "[\\w-]",
        "\\.",
        "\\n",
        "\\x41",
        "-",
        "\"",
        "\\\\",
        "]",
        "[\\]^]",
        "\\p{Lu}",
        "[\\W\\d]",
        "[\\w-.]",
        "(?i:aB)",
        "(?s:.)",
        "(?=.*a)",
        "(?!b|1)",
        "^",
        "$"
    };
    private static final String[] QUANTIFIERS = {
        "", "", "", "", "?", "*", "+", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "??", "{0}"
    };
    private static final String[] CHARACTERS = {
        "a",
        "b",
        "c",
        "1",
        "4",
        "_",
        "-",
        ".",
        "\n",
        "\r",
        " ",
        "\t",
        "\u00e9",
        "\u2028",
        "\u0085",
        "\ud83d\ude00",
        "A",
        "\"",
        "\\",
        "]",
        "^"
    };

    @TinyModel
    private static Model model;

    private static GrammarDriver driver;

    @BeforeAll
    static void load() {
        driver = new GrammarDriver(model);
    }

    private static String regex(Random random, int depth) {
        StringBuilder out = new StringBuilder();
        for (int n = random.nextInt(4); n >= 0; n--) {
            if (random.nextInt(4) == 0 && depth < 3) {
                out.append(random.nextBoolean() ? "(" : "(?:").append(regex(random, depth + 1));
                if (random.nextBoolean()) {
                    out.append('|').append(random.nextInt(4) == 0 ? "" : regex(random, depth + 1));
                }
                out.append(')');
            } else {
                out.append(ITEMS[random.nextInt(ITEMS.length)]);
            }
            out.append(QUANTIFIERS[random.nextInt(QUANTIFIERS.length)]);
        }
        return out.toString();
    }

    @Test
    void ofRegex_random_allowsWhatMatches() {
        Random random = new Random(5);
        int translated = 0;
        int matched = 0;
        for (int i = 0; i < 500; i++) {
            String regex = regex(random, 0);
            Grammar grammar;
            try {
                grammar = Grammar.ofRegex(regex);
            } catch (IllegalArgumentException e) {
                assertThat(e)
                        .hasMessageMatching(
                                "(?s).*(not a regular|repeated anchor|within a repetition|states|no text matches).*");
                continue;
            }
            translated++;
            Pattern pattern = Pattern.compile(regex);
            try (SamplerChain chain = SamplerChain.of(model, grammar, Sampler.greedy())) {
                for (int k = 0; k < 15; k++) {
                    StringBuilder text = new StringBuilder();
                    for (int n = random.nextInt(6); n > 0; n--) {
                        text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
                    }
                    boolean matches = pattern.matcher(text).matches();
                    matched += matches ? 1 : 0;
                    assertThat(driver.accepts(chain, text.toString()))
                            .as("%s on %s", regex, text)
                            .isEqualTo(matches);
                }
                String drawn = driver.draw(chain, random, random.nextInt(8), 200);
                if (drawn != null) {
                    matched++;
                    assertThat(drawn).as(regex).matches(pattern);
                }
            }
        }
        assertThat(translated).isGreaterThan(200);
        assertThat(matched).isGreaterThan(200);
    }
}
