package dev.tokapu;

import dev.tokapu.internal.util.ByteSizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the best plan that fits, in the order of llama.cpp's {@code common/fit.cpp}: everything; a smaller context; experts on
 * the host; fewer layers on the devices; the CPU alone. It asks an {@link Estimator} and nothing else.
 */
final class FitSearch {

    private static final int CONTEXT_STEP = 256;

    /** Steps by false position before a search goes on by halves. */
    private static final int QUICK_STEPS = 4;

    /** Tells how much memory a plan takes. */
    @FunctionalInterface
    interface Estimator {

        Use estimate(Plan plan);
    }

    /** Bytes on each device and on the host. */
    record Use(List<Long> devices, long host) {

        private static final long TOO_MUCH = Long.MAX_VALUE / 4;

        /** So large that even the bookkeeping of such a context does not fit the host. */
        static Use beyondPlanning(int devices) {
            return new Use(Collections.nCopies(devices, TOO_MUCH), TOO_MUCH);
        }

        boolean isBeyondPlanning() {
            return host == TOO_MUCH;
        }
    }

    /**
     * What is to be fitted.
     *
     * @param layers of the model, the output layer included
     * @param hasExperts whether it is a mixture-of-experts model
     * @param context tokens of all sequences at most
     * @param minContext tokens of all sequences at least; the same as {@code context} when the size was set
     * @param contextStep what the context is a multiple of, in tokens
     * @param targets bytes that may be used of each device
     * @param hostTarget bytes that may be used of the host
     * @param placed whether layers and shares were set by hand
     */
    record Problem(
            int layers,
            boolean hasExperts,
            int context,
            int minContext,
            int contextStep,
            List<Long> targets,
            long hostTarget,
            boolean placed) {}

    /**
     * One way to place model and context.
     *
     * @param context tokens of all sequences
     * @param cpu whether no device is used
     * @param layers of each device; null to leave it to the options as they are
     * @param hostExperts how many layers of each device, its first ones, have their experts on the host
     */
    record Plan(int context, boolean cpu, @Nullable List<Integer> layers, List<Integer> hostExperts) {

        static Plan asIs(int context) {
            return new Plan(context, false, null, List.of());
        }

        static Plan cpu(int context) {
            return new Plan(context, true, null, List.of());
        }
    }

    /** The best plan, what it takes, and why it was chosen. */
    record Choice(Plan plan, Use use, boolean fits, List<String> explanation) {}

    private final Problem problem;
    private final Estimator estimator;
    private final int devices;
    private final List<String> lines = new ArrayList<>();

    FitSearch(Problem problem, Estimator estimator) {
        this.problem = problem;
        this.estimator = estimator;
        this.devices = problem.targets().size();
    }

    Choice search() {
        Plan all = Plan.asIs(problem.context());
        Use use = estimator.estimate(all);
        if (fits(use)) {
            lines.add("All of the model fits with " + describe(problem.context()) + ".");
            return checked(all, use);
        }
        lines.add("With " + describe(problem.context()) + " it takes " + describe(use) + ".");
        int context = problem.context();
        if (problem.minContext() < problem.context()) {
            Use least = estimator.estimate(Plan.asIs(problem.minContext()));
            Choice smaller = fits(least) ? shrinkContext(use, least) : null;
            if (smaller != null) {
                return smaller;
            }
            context = problem.minContext();
            lines.add("A smaller context is not enough: with " + describe(context) + " it takes " + describe(least)
                    + ".");
            use = least;
        }
        if (devices == 0 || problem.placed()) {
            lines.add(
                    devices == 0
                            ? "There is no GPU to use, and the host has not enough free memory."
                            : "Layers, shares or rules were set by hand, so they stay as they are.");
            return new Choice(Plan.asIs(context), use, false, lines);
        }
        Choice choice = problem.hasExperts() ? moveExperts(context) : null;
        return choice != null ? choice : fewerLayers(context);
    }

    /** Memory grows with the context along a straight line; the rounding down makes up for what is not straight. */
    private Choice shrinkContext(Use most, Use least) {
        double share = share(problem.hostTarget(), least.host(), most.host());
        if (devices > 0) {
            share = 1;
            for (int i = 0; i < devices; i++) {
                share = Math.min(
                        share,
                        share(
                                problem.targets().get(i),
                                least.devices().get(i),
                                most.devices().get(i)));
            }
        }
        if (most.isBeyondPlanning()) {
            share = 0.5;
        }
        int low = problem.minContext();
        int high = problem.context();
        int step = problem.contextStep();
        Use lowUse = least;
        int guess = low + (int) ((long) ((high - low) * share) / step * step);
        while (guess > low) {
            Use use = estimator.estimate(Plan.asIs(guess));
            if (fits(use)) {
                low = guess;
                lowUse = use;
                break;
            }
            high = guess;
            guess = low + (high - low) / 2 / step * step;
        }
        lines.add("The context is reduced to " + describe(low) + ".");
        return checked(Plan.asIs(low), lowUse);
    }

    private static double share(long target, long least, long most) {
        return most <= least ? 1 : Math.max(0, Math.min(1, (double) (target - least) / (most - least)));
    }

    /** All layers stay on the devices, but the experts of as few of them as possible go to the host. */
    private @Nullable Choice moveExperts(int context) {
        int[] layers = proportional();
        int[] most = new int[devices];
        for (int i = 0; i < devices; i++) {
            most[i] = i == devices - 1 ? Math.max(0, layers[i] - 1) : layers[i]; // the output layer has no experts
        }
        Use use = estimate(context, layers, most);
        if (!fitsDevices(use)) {
            lines.add("Even with all experts on the host it takes " + describe(use) + ".");
            return null;
        }
        int[] fitting = most.clone();
        int[] tooFew = new int[devices];
        Arrays.fill(tooFew, -1);
        for (int round = 0; ; round++) {
            int[] test = new int[devices];
            boolean open = false;
            for (int i = 0; i < devices; i++) {
                boolean settled = fitting[i] - tooFew[i] <= 1;
                test[i] = settled ? fitting[i] : round == 0 ? 0 : (fitting[i] + tooFew[i]) / 2;
                open |= !settled;
            }
            if (!open) {
                break;
            }
            Use tested = estimate(context, layers, test);
            for (int i = 0; i < devices; i++) {
                if (tested.devices().get(i) <= problem.targets().get(i)) {
                    fitting[i] = test[i];
                } else {
                    tooFew[i] = test[i];
                }
            }
        }
        Use best = estimate(context, layers, fitting);
        if (!fitsDevices(best)) { // what one device takes depends a little on the others
            fitting = most;
            best = use;
        }
        lines.add("The experts of " + Arrays.stream(fitting).sum() + " of " + (problem.layers() - 1)
                + " layers go to the host's memory.");
        return checked(plan(context, layers, fitting), best);
    }

    private int[] proportional() {
        long sum = problem.targets().stream()
                .mapToLong(target -> Math.max(0, target))
                .sum();
        int[] layers = new int[devices];
        int given = 0;
        long passed = 0;
        for (int i = 0; i < devices && sum > 0; i++) {
            passed += Math.max(0, problem.targets().get(i));
            int upTo = (int) Math.round((double) problem.layers() * passed / sum);
            layers[i] = upTo - given;
            given = upTo;
        }
        return layers;
    }

    /** Fills the devices from the last to the first, each with as many layers as fit. */
    private Choice fewerLayers(int context) {
        int[] layers = new int[devices];
        Use use = estimate(context, layers, hostExperts(layers));
        for (int id = devices - 1; id >= 0 && Arrays.stream(layers).sum() < problem.layers(); id--) {
            use = fill(context, layers, id, use);
        }
        int total = Arrays.stream(layers).sum();
        while (total > 0 && !fitsDevices(use)) { // what one device takes depends a little on the others
            for (int i = 0; i < devices; i++) {
                if (layers[i] > 0 && use.devices().get(i) > problem.targets().get(i)) {
                    layers[i]--;
                }
            }
            int left = Arrays.stream(layers).sum();
            if (left == total) {
                Arrays.fill(layers, 0);
                left = 0;
            }
            total = left;
            use = estimate(context, layers, hostExperts(layers));
        }
        if (total == 0) {
            lines.add("Not one layer fits a GPU, so everything goes to the CPU.");
            Plan cpu = Plan.cpu(context);
            return checked(cpu, estimator.estimate(cpu));
        }
        lines.add(total + " of " + problem.layers() + " layers go to the GPUs"
                + (devices > 1 ? " (" + join(layers) + ")" : "")
                + (problem.hasExperts() ? ", all experts and the other layers" : ", the others")
                + " to the host's memory.");
        return checked(plan(context, layers, hostExperts(layers)), use);
    }

    private Use fill(int context, int[] layers, int id, Use before) {
        long target = problem.targets().get(id);
        int low = 0;
        int high = problem.layers() - Arrays.stream(layers).sum();
        Use lowUse = before;
        layers[id] = high;
        Use highUse = estimate(context, layers, hostExperts(layers));
        if (highUse.devices().get(id) <= target) {
            return highUse;
        }
        for (int round = 0; high - low > 1; round++) {
            int test = low + (high - low) / 2;
            if (round < QUICK_STEPS) {
                double share = share(
                        target, lowUse.devices().get(id), highUse.devices().get(id));
                test = Math.max(low + 1, Math.min(high - 1, low + (int) ((high - low) * share)));
            }
            layers[id] = test;
            Use use = estimate(context, layers, hostExperts(layers));
            if (use.devices().get(id) <= target) {
                low = test;
                lowUse = use;
            } else {
                high = test;
                highUse = use;
            }
        }
        layers[id] = low;
        return lowUse;
    }

    /** With experts on the host altogether. */
    private int[] hostExperts(int[] layers) {
        int[] experts = new int[devices];
        for (int i = 0; i < devices && problem.hasExperts(); i++) {
            experts[i] = i == devices - 1 ? Math.max(0, layers[i] - 1) : layers[i];
        }
        return experts;
    }

    private Use estimate(int context, int[] layers, int[] hostExperts) {
        return estimator.estimate(plan(context, layers, hostExperts));
    }

    private static Plan plan(int context, int[] layers, int[] hostExperts) {
        return new Plan(
                context,
                false,
                IntStream.of(layers).boxed().toList(),
                IntStream.of(hostExperts).boxed().toList());
    }

    private Choice checked(Plan plan, Use use) {
        boolean hostFits = use.host() <= problem.hostTarget();
        if (!hostFits) {
            lines.add("The host has too little free memory for its part, " + ByteSizes.text(use.host()) + " of "
                    + ByteSizes.text(problem.hostTarget()) + ": weights would be read from the file again and again.");
        }
        return new Choice(plan, use, hostFits && (plan.cpu() || fitsDevices(use)), lines);
    }

    private boolean fits(Use use) {
        return devices == 0 ? use.host() <= problem.hostTarget() : fitsDevices(use);
    }

    private boolean fitsDevices(Use use) {
        return IntStream.range(0, devices)
                .allMatch(i -> use.devices().get(i) <= problem.targets().get(i));
    }

    private String describe(Use use) {
        if (use.isBeyondPlanning()) {
            return "more memory than can be planned";
        }
        if (devices == 0) {
            return ByteSizes.text(use.host()) + " of " + ByteSizes.text(problem.hostTarget());
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            parts.add(ByteSizes.text(use.devices().get(i)) + " of "
                    + ByteSizes.text(problem.targets().get(i)));
        }
        return String.join(", ", parts) + " that may be used";
    }

    private static String describe(int context) {
        return "a context of " + context + " tokens";
    }

    private static String join(int[] numbers) {
        return String.join(
                ", ", IntStream.of(numbers).mapToObj(Integer::toString).toList());
    }

    /** What the context is a multiple of. */
    static int contextStep(int streams) {
        return CONTEXT_STEP * streams;
    }

    /** The layers of a plan whose experts are on the host, by their index in the model. */
    static List<Integer> expertLayers(Plan plan, int allLayers) {
        List<Integer> layers = plan.layers();
        if (layers == null) {
            return List.of();
        }
        List<Integer> indexes = new ArrayList<>();
        int first = allLayers - layers.stream().mapToInt(Integer::intValue).sum();
        for (int i = 0; i < layers.size(); i++) {
            for (int il = first; il < first + plan.hostExperts().get(i); il++) {
                indexes.add(il);
            }
            first += layers.get(i);
        }
        return List.copyOf(indexes);
    }
}
