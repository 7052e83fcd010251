package dev.tokapu.engine.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What every plan pads, found once more in a simple way. */
final class PadCheck {

    private final SchedulerConfig config;

    PadCheck(SchedulerConfig config) {
        this.config = config;
    }

    void check(Plan<?> plan) {
        Check.equal("width", plan.width(), width(plan));
    }

    private int width(Plan<?> plan) {
        SortedMap<Integer, Integer> counts = new TreeMap<>();
        Map<Integer, Integer> ends = new HashMap<>();
        int prompts = 0;
        int width = 0;
        for (int i = 0; i < plan.entries().size(); i++) {
            int slot = plan.entries().get(i).slot();
            counts.put(slot, plan.entries().get(i).count());
            if (plan.entries().get(i).isPrefill()) {
                prompts++;
                width = plan.entries().get(i).count();
            } else {
                ends.put(slot, plan.entries().get(i).from());
            }
        }
        for (int i = 0; i < plan.bridgedSlots().size(); i++) {
            counts.put(plan.bridgedSlots().get(i), 1);
        }
        if (config.padding() == 0 || prompts != 1 || ends.isEmpty()) {
            return 0;
        }
        int most = width;
        int padded = counts.size() * width;
        int padding = padded - counts.values().stream().mapToInt(count -> count).sum();
        boolean together = counts.lastKey() - counts.firstKey() == counts.size() - 1;
        boolean inSlots = ends.values().stream().allMatch(end -> end + most <= config.slotTokens());
        boolean isLongest = counts.values().stream().allMatch(count -> count <= most);
        boolean worth = padding > 0 && padding <= config.padding() && padded <= config.batchTokens();
        return together && inSlots && isLongest && worth ? width : 0;
    }
}
