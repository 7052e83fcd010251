package dev.tokapu.fuzz;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Jinja chat templates made of what recurses, loops and grows. */
final class TemplateTarget implements Target {

    private static final String[] STATEMENTS = {
        "{% for i in range(N) %}B{% endfor %}",
        "{% if X %}B{% else %}B{% endif %}",
        "{% set v = X %}",
        "{{ X }}",
        "{% macro m(x) %}B{% endmacro %}",
        "{{ m(X) }}",
        "{% set ns = namespace(s=X) %}",
        "{% set ns.s = X %}",
        "{% for m in messages %}{{ m.content }}B{% endfor %}",
        "text",
        "{{ raise_exception(X) }}",
        "{% set l = [X] %}",
        "{% set _ = l.append(l) %}",
        "{% generation %}B{% endgeneration %}",
        "{# c #}"
    };
    private static final String[] EXPRESSIONS = {
        "v",
        "ns.s",
        "l",
        "1",
        "-9223372036854775807",
        "'a'",
        "''",
        "none",
        "messages",
        "messages[0].content",
        "X + X",
        "X ~ X",
        "X * N",
        "X * X",
        "(X)",
        "[X, X]",
        "{'k': X}",
        "not X",
        "-X",
        "X if X else X",
        "X and X",
        "X | length",
        "X | join(X)",
        "X | tojson",
        "X | replace(X, X)",
        "X | indent(N)",
        "X | list",
        "X | string",
        "X[N]",
        "X[N:N:N]",
        "X in X",
        "range(N)",
        "X.split(X)",
        "X | map(attribute='k')",
        "X | selectattr('k')",
        "X | sort",
        "X is defined",
        "X | upper",
        "m(X)",
        "X % X",
        "X // X",
        "X ** X",
        "strftime_now(X)",
        "X | tojson(indent=N)"
    };
    private static final String[] NUMBERS = {"0", "1", "-1", "3", "100", "100000", "1000000000", "9223372036854775807"};
    private static final int DEEPEST = 7;

    private final Model model;

    TemplateTarget(Path folder) {
        model = Model.load(TinyGguf.writeTo(folder));
    }

    @Override
    public String run(long number, Random random) {
        String source = random.nextInt(8) == 0 ? nested(random) : body(random, 0);
        try (ChatTemplate template = ChatTemplate.of(model, source)) {
            template.render(ChatRequest.of(List.of(ChatMessage.system("be kind"), ChatMessage.user("hi <|im_end|>"))));
            return "ok";
        } catch (RuntimeException | Error e) {
            return Target.word(e);
        }
    }

    /** One thing inside of itself, or one after another, many times. */
    private static String nested(Random random) {
        String[] pairs = {
            "(", ")", "[", "]", "not ", "", "-", "", "1 + ", "", "x[", "]", "x if y else ", "", "{'a':", "}", "m(", ")"
        };
        int pair = 2 * random.nextInt(pairs.length / 2);
        int n = random.nextInt(random.nextInt(4) == 0 ? 200_000 : 500);
        return "{{ " + pairs[pair].repeat(n) + "1" + pairs[pair + 1].repeat(n) + " }}";
    }

    private static String body(Random random, int depth) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(3); n >= 0; n--) {
            text.append(expand(STATEMENTS[random.nextInt(STATEMENTS.length)], random, depth));
        }
        return text.toString();
    }

    private static String expand(String pattern, Random random, int depth) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == 'B') {
                text.append(depth < DEEPEST ? body(random, depth + 1) : "a");
            } else if (c == 'X') {
                text.append(
                        depth < DEEPEST
                                ? expand(EXPRESSIONS[random.nextInt(EXPRESSIONS.length)], random, depth + 1)
                                : "'a'");
            } else if (c == 'N') {
                text.append(NUMBERS[random.nextInt(NUMBERS.length)]);
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        model.close();
    }
}
