package dev.tokapu.internal.grammar;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * A set of Unicode code points, without the halves of surrogate pairs, which no text holds.
 *
 * <p>Thread safety: immutable.
 */
final class CodePoints {

    private static final int BEHIND = Character.MAX_CODE_POINT + 1;

    static final CodePoints NONE = new CodePoints(new int[0]);
    static final CodePoints ALL = new CodePoints(new int[] {0, 0xD800, 0xE000, BEHIND});

    /** Where membership changes, beginning with "not a member". */
    private final int[] changes;

    private final int hash;

    private CodePoints(int[] changes) {
        this.changes = changes;
        this.hash = Arrays.hashCode(changes);
    }

    private enum Operation {
        OR,
        AND,
        MINUS;

        boolean of(boolean one, boolean other) {
            return switch (this) {
                case OR -> one || other;
                case AND -> one && other;
                case MINUS -> one && !other;
            };
        }
    }

    static CodePoints of(int c) {
        return range(c, c);
    }

    static CodePoints range(int low, int high) {
        return new CodePoints(new int[] {low, high + 1}).and(ALL);
    }

    static CodePoints anyOf(String characters) {
        return characters.codePoints().mapToObj(CodePoints::of).reduce(NONE, CodePoints::or);
    }

    static CodePoints where(IntPredicate predicate) {
        int[] changes = new int[16];
        int n = 0;
        boolean inside = false;
        for (int c = 0; c < BEHIND; c++) {
            if (predicate.test(c) != inside) {
                inside = !inside;
                changes = n == changes.length ? Arrays.copyOf(changes, 2 * n) : changes;
                changes[n++] = c;
            }
        }
        if (inside) {
            changes = Arrays.copyOf(changes, n + 1);
            changes[n++] = BEHIND;
        }
        return new CodePoints(Arrays.copyOf(changes, n)).and(ALL);
    }

    CodePoints or(CodePoints other) {
        return combined(other, Operation.OR);
    }

    CodePoints and(CodePoints other) {
        return combined(other, Operation.AND);
    }

    CodePoints minus(CodePoints other) {
        return combined(other, Operation.MINUS);
    }

    CodePoints complement() {
        return ALL.minus(this);
    }

    private CodePoints combined(CodePoints other, Operation operation) {
        int[] result = new int[changes.length + other.changes.length];
        int n = 0;
        int i = 0;
        int k = 0;
        boolean inside = false;
        while (i < changes.length || k < other.changes.length) {
            int at = Math.min(
                    i < changes.length ? changes[i] : BEHIND, k < other.changes.length ? other.changes[k] : BEHIND);
            i += i < changes.length && changes[i] == at ? 1 : 0;
            k += k < other.changes.length && other.changes[k] == at ? 1 : 0;
            boolean now = operation.of((i & 1) == 1, (k & 1) == 1);
            if (now != inside) {
                inside = now;
                result[n++] = at;
            }
        }
        return new CodePoints(Arrays.copyOf(result, n));
    }

    boolean isEmpty() {
        return changes.length == 0;
    }

    boolean contains(int c) {
        int at = Arrays.binarySearch(changes, c);
        return ((at >= 0 ? at + 1 : -at - 1) & 1) == 1;
    }

    /** The only member, or -1. */
    int single() {
        return changes.length == 2 && changes[1] == changes[0] + 1 ? changes[0] : -1;
    }

    /** A member of a set that is not empty. */
    int first() {
        return changes[0];
    }

    int ranges() {
        return changes.length / 2;
    }

    int low(int range) {
        return changes[2 * range];
    }

    int high(int range) {
        return changes[2 * range + 1] - 1;
    }

    /** With the other case of each ASCII letter. */
    CodePoints ignoringCase() {
        CodePoints result = this;
        for (int c = 'a'; c <= 'z'; c++) {
            int upper = c - 'a' + 'A';
            if (contains(c) != contains(upper)) {
                result = result.or(of(contains(c) ? upper : c));
            }
        }
        return result;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePoints set && Arrays.equals(changes, set.changes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        GbnfText.appendClass(out, this);
        return out.toString();
    }
}
