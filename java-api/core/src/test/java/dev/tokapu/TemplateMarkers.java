package dev.tokapu;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The markers that chat templates are written with. */
public final class TemplateMarkers {

    private static final Pattern MARKER = Pattern.compile(
            "<[|\uff5c][^<>\\s'\"{}]+[|\uff5c]>|<\\|[a-z_]+>|<[a-z_]+\\|>|</?[a-z_:]+>|\\[/?[A-Z_]{3,}\\]");
    private static final int MOST = 150;

    private TemplateMarkers() {}

    /**
     * The texts in a template that its model has a token for, as far as their look tells.
     *
     * @param source Jinja
     */
    public static List<String> of(String source) {
        Set<String> found = new LinkedHashSet<>();
        Matcher matcher = MARKER.matcher(source);
        while (matcher.find() && found.size() < MOST) {
            found.add(matcher.group());
        }
        found.removeIf(text -> text.matches("</?(a|b|i|p|u|code|table|s)>"));
        return List.copyOf(found);
    }
}
