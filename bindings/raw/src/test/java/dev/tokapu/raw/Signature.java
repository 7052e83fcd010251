package dev.tokapu.raw;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.stream.Collectors;

/**
 * A C signature as a text that both sides can write: {@code I4(P,I8,S56)} is a function of a pointer, a 64-bit integer and a
 * struct of 56 bytes that returns an int. {@code probe.h} has the C++ half.
 */
final class Signature {

    private Signature() {}

    static String of(FunctionDescriptor descriptor) {
        String result = descriptor.returnLayout().map(Signature::of).orElse("V");
        return result
                + descriptor.argumentLayouts().stream().map(Signature::of).collect(Collectors.joining(",", "(", ")"));
    }

    private static String of(MemoryLayout layout) {
        return switch (layout) {
            case AddressLayout address -> "P";
            case ValueLayout.OfBoolean flag -> "B";
            case ValueLayout.OfFloat number -> "F4";
            case ValueLayout.OfDouble number -> "F8";
            case ValueLayout number -> "I" + number.byteSize();
            case GroupLayout struct -> "S" + struct.byteSize();
            default -> throw new IllegalArgumentException(layout.toString());
        };
    }
}
