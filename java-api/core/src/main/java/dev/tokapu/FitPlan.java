package dev.tokapu;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One way to place model and context.
 *
 * @param context tokens of all sequences
 * @param cpu whether no device is used
 * @param layers of each device; null to leave it to the options as they are
 * @param hostExperts how many layers of each device, its first ones, have their experts on the host
 */
record FitPlan(int context, boolean cpu, @Nullable List<Integer> layers, List<Integer> hostExperts) {

    static FitPlan asIs(int context) {
        return new FitPlan(context, false, null, List.of());
    }

    static FitPlan cpu(int context) {
        return new FitPlan(context, true, null, List.of());
    }

    /** The layers whose experts are on the host, by their index in the model. */
    List<Integer> expertLayers(int allLayers) {
        if (layers == null) {
            return List.of();
        }
        List<Integer> indexes = new ArrayList<>();
        int first = allLayers - layers.stream().mapToInt(Integer::intValue).sum();
        for (int i = 0; i < layers.size(); i++) {
            for (int il = first; il < first + hostExperts.get(i); il++) {
                indexes.add(il);
            }
            first += layers.get(i);
        }
        return List.copyOf(indexes);
    }
}
