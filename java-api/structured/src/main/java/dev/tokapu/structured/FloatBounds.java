package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;

/**
 * Bounds of {@code float} and {@code double}. A number in JSON that lies between two of their values is rounded, 1e-400 to 0: so that
 * the rounded number is within the bounds too, the schema gets the outermost values that are.
 *
 * <p>Thread safety: safe.
 */
final class FloatBounds {

    private FloatBounds() {}

    /** Adds them to the schema of a number; other types stay as they are. */
    static void close(ObjectNode node, Class<?> type, MachineOnlyKeywords machineOnly) {
        boolean single = type == float.class || type == Float.class;
        if (single || type == double.class || type == Double.class) {
            close(node, true, single, machineOnly);
            close(node, false, single, machineOnly);
        }
    }

    private static void close(ObjectNode node, boolean lower, boolean single, MachineOnlyKeywords machineOnly) {
        String closed = lower ? "minimum" : "maximum";
        JsonNode open = node.get(lower ? "exclusiveMinimum" : "exclusiveMaximum");
        JsonNode limit = open == null ? node.get(closed) : open;
        if (limit == null) {
            return;
        }
        BigDecimal value = outermost(limit.decimalValue(), lower, open == null, single);
        if (open != null) {
            machineOnly.add(node, closed); // models read the bound that people wrote
            node.put(closed, value);
        } else if (value.compareTo(limit.decimalValue()) != 0) {
            node.put(closed, value);
        }
    }

    /** As Java writes it: the fewest digits that mean this value. */
    private static BigDecimal outermost(BigDecimal limit, boolean lower, boolean inclusive, boolean single) {
        double value = single ? limit.floatValue() : limit.doubleValue();
        BigDecimal written = written(value, single);
        while (isBeyond(written.compareTo(limit), lower, inclusive)) {
            value = next(value, lower, single);
            written = written(value, single);
        }
        return written;
    }

    private static boolean isBeyond(int order, boolean lower, boolean inclusive) {
        return order == 0 ? !inclusive : lower == order < 0;
    }

    private static BigDecimal written(double value, boolean single) {
        return new BigDecimal(single ? Float.toString((float) value) : Double.toString(value));
    }

    private static double next(double value, boolean up, boolean single) {
        if (single) {
            return up ? Math.nextUp((float) value) : Math.nextDown((float) value);
        }
        return up ? Math.nextUp(value) : Math.nextDown(value);
    }
}
