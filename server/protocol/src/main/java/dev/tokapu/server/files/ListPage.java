package dev.tokapu.server.files;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.json.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list whose ids are in the order of time, as OpenAI's clients ask for it: {@code limit}, {@code after}, {@code order}. What is
 * after an id does not depend on whether that is there still.
 *
 * <p>Thread safety: immutable.
 *
 * @param usual how long a page is when a client does not say
 * @param most how long it may be
 * @since 0.1
 */
public record ListPage(int usual, int most) {

    /**
     * A page.
     *
     * @param all all of the list, the oldest first
     * @param id tells the id of an element
     * @param json tells what clients read of an element
     * @param exchange the request
     * @param <T> what is listed
     * @return the page
     */
    public <T> Map<String, Object> of(
            List<T> all, Function<T, String> id, Function<T, Map<String, @Nullable Object>> json, Exchange exchange) {
        String order = exchange.query("order");
        boolean newestFirst = order == null
                || new JsonValue(order, "order").oneOf("asc", "desc").equals("desc");
        String after = exchange.query("after");
        List<T> rest = new ArrayList<>(all);
        if (after != null) {
            rest.removeIf(one -> newestFirst
                    ? id.apply(one).compareTo(after) >= 0
                    : id.apply(one).compareTo(after) <= 0);
        }
        if (newestFirst) {
            Collections.reverse(rest);
        }
        List<T> page = rest.subList(0, Math.min(rest.size(), limit(exchange.query("limit"))));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("object", "list");
        body.put("data", page.stream().map(json).toList());
        body.put("first_id", page.isEmpty() ? "" : id.apply(page.get(0)));
        body.put("last_id", page.isEmpty() ? "" : id.apply(page.get(page.size() - 1)));
        body.put("has_more", page.size() < rest.size());
        return body;
    }

    private int limit(@Nullable String given) {
        if (given == null) {
            return usual;
        }
        if (!given.matches("\\d{1,9}")) {
            throw new JsonValue(given, "limit").wrong("is '" + given + "'; it must be from 1 to " + most);
        }
        return new JsonValue(Integer.valueOf(given), "limit").integer(1, most);
    }
}
