package dev.tokapu;

import dev.tokapu.internal.util.ByteSizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the best plan that fits, in the order of llama.cpp's {@code common/fit.cpp}: everything; a smaller context; experts on
 * the host; fewer layers on the devices; the CPU alone. It asks an {@link Estimator} and nothing else.
 */
final class FitSearch {

    /** Steps by false position before a search goes on by halves. */
    private static final int QUICK_STEPS = 4;

    /** Tells how much memory a plan takes. */
    @FunctionalInterface
    interface Estimator {

        FitUse estimate(FitPlan plan);
    }

    private final FitProblem problem;
    private final Estimator estimator;
    private final int devices;
    private final List<String> lines = new ArrayList<>();

    FitSearch(FitProblem problem, Estimator estimator) {
        this.problem = problem;
        this.estimator = estimator;
        this.devices = problem.targets().size();
    }

    FitChoice search() {
        FitPlan all = FitPlan.asIs(problem.context());
        FitUse use = estimator.estimate(all);
        if (fits(use)) {
            lines.add("All of the model fits with " + describe(problem.context()) + ".");
            return checked(all, use);
        }
        lines.add("With " + describe(problem.context()) + " it takes " + describe(use) + ".");
        int context = problem.context();
        if (problem.minContext() < problem.context()) {
            FitUse least = estimator.estimate(FitPlan.asIs(problem.minContext()));
            FitChoice smaller = fits(least) ? shrinkContext(use, least) : null;
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
            return new FitChoice(FitPlan.asIs(context), use, false, lines);
        }
        FitChoice choice = problem.hasExperts() ? moveExperts(context) : null;
        return choice != null ? choice : fewerLayers(context);
    }

    /** Memory grows with the context along a straight line; the rounding down makes up for what is not straight. */
    private FitChoice shrinkContext(FitUse most, FitUse least) {
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
        FitUse lowUse = least;
        int guess = low + (int) ((long) ((high - low) * share) / step * step);
        while (guess > low) {
            FitUse use = estimator.estimate(FitPlan.asIs(guess));
            if (fits(use)) {
                low = guess;
                lowUse = use;
                break;
            }
            high = guess;
            guess = low + (high - low) / 2 / step * step;
        }
        lines.add("The context is reduced to " + describe(low) + ".");
        return checked(FitPlan.asIs(low), lowUse);
    }

    private static double share(long target, long least, long most) {
        return most <= least ? 1 : Math.max(0, Math.min(1, (double) (target - least) / (most - least)));
    }

    /** All layers stay on the devices, but the experts of as few of them as possible go to the host. */
    private @Nullable FitChoice moveExperts(int context) {
        int[] layers = proportional();
        int[] most = new int[devices];
        for (int i = 0; i < devices; i++) {
            most[i] = i == devices - 1 ? Math.max(0, layers[i] - 1) : layers[i]; // the output layer has no experts
        }
        FitUse use = estimate(context, layers, most);
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
            FitUse tested = estimate(context, layers, test);
            for (int i = 0; i < devices; i++) {
                if (tested.devices().get(i) <= problem.targets().get(i)) {
                    fitting[i] = test[i];
                } else {
                    tooFew[i] = test[i];
                }
            }
        }
        FitUse best = estimate(context, layers, fitting);
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
    private FitChoice fewerLayers(int context) {
        int[] layers = new int[devices];
        FitUse use = estimate(context, layers, hostExperts(layers));
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
            FitPlan cpu = FitPlan.cpu(context);
            return checked(cpu, estimator.estimate(cpu));
        }
        lines.add(total + " of " + problem.layers() + " layers go to the GPUs"
                + (devices > 1 ? " (" + join(layers) + ")" : "")
                + (problem.hasExperts() ? ", all experts and the other layers" : ", the others")
                + " to the host's memory.");
        return checked(plan(context, layers, hostExperts(layers)), use);
    }

    private FitUse fill(int context, int[] layers, int id, FitUse before) {
        long target = problem.targets().get(id);
        int low = 0;
        int high = problem.layers() - Arrays.stream(layers).sum();
        FitUse lowUse = before;
        layers[id] = high;
        FitUse highUse = estimate(context, layers, hostExperts(layers));
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
            FitUse use = estimate(context, layers, hostExperts(layers));
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

    private FitUse estimate(int context, int[] layers, int[] hostExperts) {
        return estimator.estimate(plan(context, layers, hostExperts));
    }

    private static FitPlan plan(int context, int[] layers, int[] hostExperts) {
        return new FitPlan(
                context,
                false,
                IntStream.of(layers).boxed().toList(),
                IntStream.of(hostExperts).boxed().toList());
    }

    private FitChoice checked(FitPlan plan, FitUse use) {
        boolean hostFits = use.host() <= problem.hostTarget();
        if (!hostFits) {
            lines.add("The host has too little free memory for its part, " + ByteSizes.text(use.host()) + " of "
                    + ByteSizes.text(problem.hostTarget()) + ": weights would be read from the file again and again.");
        }
        return new FitChoice(plan, use, hostFits && (plan.cpu() || fitsDevices(use)), lines);
    }

    private boolean fits(FitUse use) {
        return devices == 0 ? use.host() <= problem.hostTarget() : fitsDevices(use);
    }

    private boolean fitsDevices(FitUse use) {
        return IntStream.range(0, devices)
                .allMatch(i -> use.devices().get(i) <= problem.targets().get(i));
    }

    private String describe(FitUse use) {
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
}
