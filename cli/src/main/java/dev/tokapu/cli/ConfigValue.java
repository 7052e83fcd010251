package dev.tokapu.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a configuration file, and where it stands there.
 *
 * @param value a map of names to values, a list of values, text, number, flag or null
 * @param place the file, line and column
 */
record ConfigValue(@Nullable Object value, String place) {

    /** A failure that says where it is. */
    CliException wrong(String what) {
        return new CliException(ExitCode.USAGE, place + ": " + what);
    }

    @SuppressWarnings("unchecked") // made by ConfigFile
    Map<String, ConfigValue> object(String what) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, ConfigValue>) map;
        }
        throw wrong(what + " must be an object");
    }

    @SuppressWarnings("unchecked") // made by ConfigFile
    List<ConfigValue> list(String what) {
        if (value instanceof List<?> list) {
            return (List<ConfigValue>) list;
        }
        throw wrong(what + " must be a list");
    }

    String text(String what) {
        if (value instanceof String text) {
            return text;
        }
        throw wrong(what + " must be a text");
    }

    boolean flag(String what) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(what + " must be true or false");
    }

    int integer(String what, int least) {
        if (value instanceof Integer number && number >= least) {
            return number;
        }
        throw wrong(what + " must be a whole number of " + least + " or more");
    }

    double number(String what) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(what + " must be a number");
    }

    /** The value as it would be given to an option. */
    String asOption(String what) {
        if (value instanceof List<?>) {
            return String.join(
                    ",", list(what).stream().map(one -> one.asOption(what)).toList());
        }
        if (value == null || value instanceof Map) {
            throw wrong(what + " must be a text, a number, true or false, or a list of them");
        }
        return value.toString();
    }
}
