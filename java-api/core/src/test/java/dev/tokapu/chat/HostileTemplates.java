package dev.tokapu.chat;

import java.util.LinkedHashMap;
import java.util.Map;

/** Chat templates that once ended the process, never ended, or took gigabytes. */
final class HostileTemplates {

    /** What it does, and its source: refused when it is compiled or when it is rendered. */
    static final Map<String, String> REFUSED = refused();

    /** Odd, but they end by themselves. */
    static final Map<String, String> HARMLESS = harmless();

    private HostileTemplates() {}

    private static Map<String, String> refused() {
        Map<String, String> all = new LinkedHashMap<>();
        endless(all);
        nested(all);
        loops(all);
        memory(all);
        longText(all);
        return all;
    }

    private static void endless(Map<String, String> all) {
        all.put("macro that calls itself", "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}");
        all.put(
                "macros that call each other",
                "{% macro a(x) %}{{ b(x) }}{% endmacro %}{% macro b(x) %}{{ a(x) }}{% endmacro %}{{ a(1) }}");
        all.put("list in itself", "{% set l = [] %}{% set _ = l.append(l) %}{{ l }}");
        all.put("list in itself as JSON", "{% set l = [] %}{% set _ = l.append(l) %}{{ l | tojson }}");
        all.put("namespace in itself", "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns | tojson }}");
    }

    private static void nested(Map<String, String> all) {
        all.put("parentheses", "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}");
        all.put("brackets", "{{ " + "[".repeat(100_000) + "]".repeat(100_000) + " }}");
        all.put("open brackets", "{{ " + "[".repeat(100_000) + "1 }}");
        all.put("if", "{% if true %}".repeat(30_000) + "{% endif %}".repeat(30_000));
        all.put("for", "{% for x in [1] %}".repeat(20_000) + "{% endfor %}".repeat(20_000));
        all.put("elif", "{% if 0 %}" + "{% elif 0 %}".repeat(50_000) + "{% endif %}");
        all.put("not", "{{ " + "not ".repeat(200_000) + "1 }}");
        all.put("minus", "{{ " + "-".repeat(200_000) + "1 }}");
        all.put("sum", "{{ 1" + " + 1".repeat(200_000) + " }}");
        all.put("and", "{{ 1" + " and 1".repeat(100_000) + " }}");
        all.put("concatenation", "{{ 'a'" + " ~ 'a'".repeat(100_000) + " }}");
        all.put("members", "{{ a" + ".a".repeat(200_000) + " }}");
        all.put("calls", "{{ a" + "()".repeat(200_000) + " }}");
        all.put("indexes", "{{ a" + "[0]".repeat(200_000) + " }}");
        all.put("filters", "{{ 'x'" + " | string".repeat(100_000) + " }}");
    }

    private static void loops(Map<String, String> all) {
        all.put("loop", "{% for i in range(1000000000) %}a{% endfor %}");
        all.put("loop without a body", "{% for i in range(10000000) %}{% endfor %}");
        all.put("two loops", "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}");
        all.put(
                "deep value",
                "{% set ns = namespace(x=1) %}{% for i in range(100000000) %}{% set ns.x = [ns.x] %}{% endfor %}");
        all.put(
                "deep value, slowly",
                "{% set ns = namespace(x=1) %}{% for i in range(200000) %}{% set ns.x = [ns.x] %}{% endfor %}");
        all.put(
                "list that grows",
                "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}");
        all.put(
                "only while rendering",
                "{% if messages | length == 7 %}{% for i in range(1000000000) %}a{% endfor %}{% endif %}");
        all.put("repeated text without parts", "{{ ('a' * 0) * 9223372036854775807 }}");
        all.put("caught", "{% for i in range(1000000000) %}{{ ('a' * 200000000) | int }}{% endfor %}");
    }

    private static void memory(Map<String, String> all) {
        all.put("text times a number", "{{ 'a' * 2000000000 }}");
        all.put("text times a huge number", "{{ 'a' * 9000000000000000000 }}");
        all.put(
                "doublings",
                "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}");
        all.put("range of all numbers", "{{ range(0, -9223372036854775807, -1) | length }}");
        all.put("join", "{{ range(100000000) | join(',') }}");
        all.put("replace nothing", "{{ ('a' * 100000) | replace('', 'a' * 100000) }}");
        all.put("indent", "{{ 'a\nb' | indent(2000000000) }}");
        all.put("indent of JSON", "{{ [1, [2]] | tojson(indent=2000000000) }}");
        all.put("list of one text", "{% set s = 'a' * 20000000 %}{{ [" + "s, ".repeat(50) + "s] }}");
        all.put("time format", "{{ strftime_now('%c' * 50000000) }}");
        all.put("search", "{% set s = 'a' * 20000000 %}{% set n = 'a' * 10000000 ~ 'b' %}{{ n in s }}");
    }

    /** Loops over work on one long text that allocates next to nothing. */
    private static void longText(Map<String, String> all) {
        String text = "{% set ns = namespace(s='A,' * 1000) %}{% for i in range(11) %}"
                + "{% set ns.s = [ns.s, ns.s] | join('') %}{% endfor %}{% set s = ns.s %}";
        String loops = "{% for i in range(3000) %}{% for j in range(3000) %}X{% endfor %}{% endfor %}";
        all.put("upper", text + loops.replace("X", "{% if s is upper %}{% endif %}"));
        all.put("lower", text + loops.replace("X", "{% if (s | lower) is lower %}{% endif %}"));
        all.put("replace what is not there", text + loops.replace("X", "{% set x = s | replace('b', 'c') %}"));
        all.put("replace by a longer text", text + "{{ s | replace('A', 'bb') | length }}");
        all.put("split", text + "{{ s.split(',') | length }}");
        all.put("split from the end", text + loops.replace("X", "{% set x = s.rsplit('b') %}"));
        all.put("title", text + loops.replace("X", "{% set x = s | title %}"));
        all.put("as JSON", text + loops.replace("X", "{% set x = s | tojson | length %}"));
        all.put("line ends", "{{ 1 }}" + "\r\n".repeat(500_000));
    }

    private static Map<String, String> harmless() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("lists in themselves compared", "{% set l = [] %}{% set _ = l.append(l) %}{{ l == l }}");
        all.put("long sum that is not run", "{% if false %}{{ 1" + " + 1".repeat(100_000) + " }}{% endif %}");
        all.put("comments", "{# #}".repeat(50_000));
        all.put(
                "loop over a list that grows",
                "{% set l = [1] %}{% for x in l %}{% set _ = l.append(x) %}{% endfor %}");
        all.put("deep, but not too deep", "{{ " + "(".repeat(1000) + "1" + ")".repeat(1000) + " }}");
        return all;
    }
}
