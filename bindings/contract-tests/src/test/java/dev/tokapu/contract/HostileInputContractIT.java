package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_GRAMMAR;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.tokapu.contract.HostileInputs.Input;
import dev.tokapu.contract.HostileInputs.Kind;
import dev.tokapu.testsupport.Thorough;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the grammar or the pattern: an answer in bounded time, and never a crash. */
class HostileInputContractIT extends Contract {

    /** Seconds are the worst on a machine of its own, several times that on one that others use too. */
    private static final Duration HANG = Duration.ofMinutes(2);

    private static final byte[] ROOT = "root".getBytes(StandardCharsets.UTF_8);
    private static final byte[] QUOTED = "root ::= \"<\" [a-z]* \">\"".getBytes(StandardCharsets.UTF_8);
    private static final int STEPS = 60;

    private long model;

    @BeforeEach
    void load() {
        model = model();
    }

    static List<Input> inputs() {
        return Thorough.some(HostileInputs.all().toList(), 15);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void hostileInput_givesAnAnswer(Input input) {
        int status = assertTimeoutPreemptively(HANG, () -> use(input.kind(), input.text(), new Random(1)));
        if (input.refused()) {
            assertThat(status).isIn(ERROR_GRAMMAR, ERROR_UNSUPPORTED);
        }
    }

    @Test
    void mutatedInputs_giveAnAnswer() {
        List<String> grammars =
                List.of("root ::= \"a\" [b-d]{1,3} (x | \"\\n\")* # c\nx ::= <[5]> | !<[6]> . \"\\u00e4\"?\n", """
                root ::= object
                object ::= "{" ws (pair ("," ws pair)*)? "}"
                pair ::= [a-z]+ ":" ws object
                ws ::= [ \\t]*
                """);
        Random random = new Random(11);
        int worked = 0;
        int cases = Thorough.cases(2500, 1000, 400);
        for (int i = 0; i < cases; i++) {
            byte[] text = mutated(utf8(grammars.get(random.nextInt(grammars.size()))), random);
            int status =
                    assertTimeoutPreemptively(HANG, () -> use(Kind.GRAMMAR, text, random), () -> Arrays.toString(text));
            worked += status == OK ? 1 : 0;
        }
        assertThat(worked).isBetween(cases / 25, cases - cases / 25);
    }

    private static byte[] mutated(byte[] seed, Random random) {
        byte[] text = seed.clone();
        for (int n = random.nextInt(3); n >= 0; n--) {
            int at = random.nextInt(text.length);
            switch (random.nextInt(4)) {
                case 0 -> text[at] = (byte) random.nextInt(256);
                case 1 -> text[at] = (byte) "\"\\{}[]()|*+?,:#<>!-0 9\n".charAt(random.nextInt(22));
                case 2 -> {
                    int end = Math.min(text.length, at + random.nextInt(12));
                    byte[] shorter = Arrays.copyOf(text, text.length - (end - at));
                    System.arraycopy(text, end, shorter, at, text.length - end);
                    text = shorter.length == 0 ? text : shorter;
                }
                default -> {
                    int length = Math.min(random.nextInt(12), text.length - at);
                    byte[] longer = Arrays.copyOf(text, text.length + length);
                    System.arraycopy(text, at, longer, at + length, text.length - at);
                    text = longer;
                }
            }
        }
        return text;
    }

    /** Adds it to a chain and, if that works, draws a text. */
    private int use(Kind kind, byte[] text, Random random) {
        long[] sampler = new long[1];
        ok(api.samplers().create(model, sampler));
        try {
            int status = kind == Kind.PATTERN
                    ? api.samplers()
                            .addGrammarLazy(
                                    sampler[0], QUOTED, ROOT, Arrays.copyOf(text, text.length + 1), 1, new int[0], 0)
                    : api.samplers().addGrammar(sampler[0], text, ROOT);
            return status == OK ? draw(sampler[0], random) : status;
        } finally {
            ok(api.samplers().free(sampler[0]));
        }
    }

    private int draw(long sampler, Random random) {
        int n = vocabSize(model);
        int status = OK;
        for (int step = 0; step < STEPS && status == OK; step++) {
            int[] tokens = new int[n];
            float[] logits = new float[n];
            Arrays.setAll(tokens, i -> i);
            status = api.samplers().apply(sampler, tokens, logits, new float[n], n, new int[1], new int[1]);
            int[] allowed = Arrays.stream(tokens)
                    .filter(i -> logits[i] > Float.NEGATIVE_INFINITY && i > 2)
                    .toArray();
            if (status != OK || allowed.length == 0) {
                break;
            }
            status = api.samplers().accept(sampler, allowed[random.nextInt(allowed.length)]);
        }
        assertThat(status).as(lastError()).isIn(OK, ERROR_GRAMMAR);
        return OK;
    }
}
