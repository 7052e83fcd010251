package dev.tokapu.spi;

import java.lang.reflect.Proxy;
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
        return (NativeApi) Proxy.newProxyInstance(
                NativeApi.class.getClassLoader(),
                new Class<?>[] {NativeApi.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "libraryOpen" -> open("open", (byte[]) args[0]);
                    case "backendLoad" -> {
                        ((int[]) args[1])[0] = 1;
                        yield open("load", (byte[]) args[0]);
                    }
                    case "lastError" -> text(args, error);
                    case "cudaDriver" -> text(args, driver);
                    default -> throw new AssertionError(method);
                });
    }

    private int open(String call, byte[] bytes) {
        String path = new String(bytes, StandardCharsets.UTF_8);
        calls.add(call + ' ' + path);
        String reason = problem(path);
        if (reason != null) {
            error = "'" + path + "' cannot be loaded: " + reason;
            return NativeConstants.ERROR_BACKEND;
        }
        open.add(path.substring(path.lastIndexOf('/') + 1));
        return NativeConstants.OK;
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
            return NativeConstants.ERROR_BUFFER;
        }
        System.arraycopy(bytes, 0, buf, 0, bytes.length);
        return NativeConstants.OK;
    }
}
