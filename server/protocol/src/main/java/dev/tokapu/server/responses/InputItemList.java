package dev.tokapu.server.responses;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.json.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Pages of the items that a response answers. */
final class InputItemList {

    private static final int MOST = 100;
    private static final int USUAL = 20;

    private InputItemList() {}

    /** The page that a request asks for with limit, order and after. */
    static Map<String, Object> page(List<Item> input, Exchange exchange) {
        List<Item> items = new ArrayList<>(input);
        String order = exchange.query("order");
        if (order == null || new JsonValue(order, "order").oneOf("asc", "desc").equals("desc")) {
            Collections.reverse(items);
        }
        String after = exchange.query("after");
        int from = after == null ? 0 : position(items, after) + 1;
        int to = Math.min(items.size(), from + limit(exchange.query("limit")));
        List<Item> page = items.subList(from, to);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", page.stream().map(Item::json).toList());
        json.put("first_id", page.isEmpty() ? "" : page.get(0).id());
        json.put("last_id", page.isEmpty() ? "" : page.get(page.size() - 1).id());
        json.put("has_more", to < items.size());
        return json;
    }

    private static int position(List<Item> items, String id) {
        return IntStream.range(0, items.size())
                .filter(i -> items.get(i).id().equals(id))
                .findFirst()
                .orElseThrow(() -> new JsonValue(id, "after").wrong("is '" + id + "', which is none of the items"));
    }

    private static int limit(@Nullable String given) {
        if (given == null) {
            return USUAL;
        }
        if (!given.matches("\\d{1,9}")) {
            throw new JsonValue(given, "limit").wrong("is '" + given + "'; it must be from 1 to " + MOST);
        }
        return new JsonValue(Integer.valueOf(given), "limit").integer(1, MOST);
    }
}
