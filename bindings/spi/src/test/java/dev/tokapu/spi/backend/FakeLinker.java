package dev.tokapu.spi.backend;

import dev.tokapu.spi.FakeNativeApi;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A {@link NativeApi} that loads nothing but answers as glibc's linker does: a library needs others, by their SONAMEs. */
final class FakeLinker {

    private final Map<String, List<String>> needs = new HashMap<>();
    private final Map<String, String> refusals = new HashMap<>();
    private final Set<String> open = new HashSet<>();
    private final List<String> calls = new ArrayList<>();
    private String error = "";
    private String driver = "";

    /** A file or, when the name has no folder, a library that the linker finds alone. */
    FakeLinker library(String path, String... needed) {
        needs.put(path, List.of(needed));
        return this;
    }

    /** A file that cannot be loaded whatever is there. */
    FakeLinker refuse(String path, String reason) {
        refusals.put(path, reason);
        return this;
    }

    FakeLinker driver(String text) {
        driver = text;
        return this;
    }

    /** What was called with which path, in order. */
    List<String> calls() {
        return calls;
    }

    NativeApi api() {
        return FakeNativeApi.of((function, args) -> switch (function) {
            case "backends.libraryOpen" -> open("open", (byte[]) args[0]);
            case "backends.load" -> {
                ((int[]) args[1])[0] = 1;
                yield open("load", (byte[]) args[0]);
            }
            case "system.lastError" -> text(args, error);
            case "backends.cudaDriver" -> text(args, driver);
            default -> throw new AssertionError(function);
        });
    }

    private int open(String call, byte[] bytes) {
        String path = new String(bytes, StandardCharsets.UTF_8);
        calls.add(call + ' ' + path);
        String reason = problem(path);
        if (reason != null) {
            error = "'" + path + "' cannot be loaded: " + reason;
            return Status.ERROR_BACKEND;
        }
        open.add(path.substring(path.lastIndexOf('/') + 1));
        return Status.OK;
    }

    private String problem(String path) {
        if (refusals.containsKey(path)) {
            return refusals.get(path);
        }
        if (!needs.containsKey(path)) {
            return path + ": cannot open shared object file: No such file or directory";
        }
        for (String needed : needs.get(path)) {
            if (!open.contains(needed) && problem(needed) != null) {
                return needed + ": cannot open shared object file: No such file or directory";
            }
        }
        return null;
    }

    private static int text(Object[] args, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] buf = (byte[]) args[0];
        ((int[]) args[1])[0] = bytes.length;
        if (bytes.length > buf.length) {
            return Status.ERROR_BUFFER;
        }
        System.arraycopy(bytes, 0, buf, 0, bytes.length);
        return Status.OK;
    }
}
