package dev.tokapu.spi.library;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.NativeProvider;
import dev.tokapu.spi.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The choice of the binding: {@code -Dtokapu.binding=ffm|jni}, otherwise FFM where it works and JNI elsewhere.
 *
 * <p>Thread safety: safe. The first success is kept; after a failure the next call tries again.
 *
 * @since 0.1
 */
public final class Bindings {

    /** Forces a binding by its name. */
    public static final String PROPERTY = "tokapu.binding";

    private static final List<String> KNOWN = List.of("ffm", "jni");

    private static volatile @Nullable Binding loaded;

    private Bindings() {}

    /**
     * The binding of this JVM, loaded at the first call. Its backends are not initialized yet.
     *
     * @return the binding
     * @throws NativeLoadException when no binding works or the libraries are missing, damaged or of another version
     */
    public static Binding get() {
        Binding binding = loaded;
        if (binding == null) {
            synchronized (Bindings.class) {
                binding = loaded;
                if (binding == null) {
                    binding = load(find(), System.getProperty(PROPERTY), NativeLibraries::locate);
                    loaded = binding;
                }
            }
        }
        return binding;
    }

    /**
     * What every known binding says about this JVM, without loading anything.
     *
     * @return for each name, in the order of preference, why it cannot work here; an empty text when it can
     */
    public static Map<String, String> survey() {
        Found found = find();
        Map<String, String> reasons = new LinkedHashMap<>();
        for (String name : KNOWN) {
            try {
                choose(found, name);
                reasons.put(name, "");
            } catch (NativeLoadException e) {
                String message = String.valueOf(e.getMessage());
                reasons.put(name, message.substring(message.indexOf(name + ": ") + name.length() + 2));
            } catch (LinkageError e) {
                reasons.put(name, "its classes are not complete: " + e);
            }
        }
        return reasons;
    }

    /** What the service loader gives: providers, and why others could not even be created. */
    record Found(List<NativeProvider> providers, List<String> broken) {}

    static Binding load(Found found, @Nullable String forced, Supplier<Path> locate) {
        NativeProvider provider = choose(found, forced);
        Path directory = locate.get();
        NativeApi api = provider.load(directory);
        Versions.require(api.system().abiVersion(), llamaVersion(api), directory.toString());
        return new Binding(api, provider.name(), directory);
    }

    static NativeProvider choose(Found found, @Nullable String forced) {
        boolean any = forced == null || forced.isBlank();
        List<String> reasons = new ArrayList<>();
        List<NativeProvider> candidates = found.providers().stream()
                .filter(p -> any || p.name().equals(forced))
                .sorted(Comparator.comparingInt(p -> rank(p.name())))
                .toList();
        for (NativeProvider provider : candidates) {
            String reason = provider.unsupportedReason();
            if (reason == null) {
                return provider;
            }
            reasons.add(provider.name() + ": " + reason);
        }
        found.broken().stream().filter(r -> any || r.startsWith(forced + ": ")).forEach(reasons::add);
        for (String name : KNOWN) {
            if ((any || name.equals(forced)) && reasons.stream().noneMatch(r -> r.startsWith(name + ": "))) {
                reasons.add(name + ": not on the class path, add dev.tokapu:tokapu-" + name);
            }
        }
        if (reasons.isEmpty()) {
            throw new NativeLoadException(
                    "-D" + PROPERTY + '=' + forced + " names no binding. Use ffm or jni, or leave it out.");
        }
        throw new NativeLoadException(
                (any ? "No binding works on this JVM" : "-D" + PROPERTY + '=' + forced + " does not work on this JVM")
                        + ". " + String.join("; ", reasons));
    }

    private static int rank(String name) {
        int index = KNOWN.indexOf(name);
        return index < 0 ? KNOWN.size() : index;
    }

    /** Looks in the class loader of this class, then in the context class loader. */
    private static Found find() {
        ClassLoader own = Bindings.class.getClassLoader();
        Found found = collect(ServiceLoader.load(NativeProvider.class, own));
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (found.providers().isEmpty() && context != null) {
            return collect(ServiceLoader.load(NativeProvider.class, context));
        }
        return found;
    }

    /** A provider whose classes do not load here, FFM's on Java 17 for example, becomes a reason. */
    static Found collect(Iterable<NativeProvider> services) {
        List<NativeProvider> providers = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        Iterator<NativeProvider> iterator = services.iterator();
        for (int failures = 0; failures < 16; ) {
            try {
                if (!iterator.hasNext()) {
                    break;
                }
                providers.add(iterator.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                failures++;
                broken.add(explain(e));
            }
        }
        return new Found(providers, broken);
    }

    private static final Pattern TOO_NEW = Pattern.compile(
            "(\\w+)Provider has been compiled by a more recent version of the Java Runtime \\(class file version (\\d+)");

    private static String explain(Throwable error) {
        for (Throwable t = error; t != null; t = t.getCause()) {
            Matcher matcher = TOO_NEW.matcher(String.valueOf(t.getMessage()));
            if (matcher.find()) {
                return matcher.group(1).toLowerCase(Locale.ROOT) + ": requires Java "
                        + (Integer.parseInt(matcher.group(2)) - 44) + " or newer, this is "
                        + System.getProperty("java.specification.version");
            }
        }
        return "a provider does not load: " + error;
    }

    private static String llamaVersion(NativeApi api) {
        byte[] text = new byte[64];
        int[] length = new int[1];
        int status = api.system().llamaVersion(text, length);
        return status == Status.OK
                ? new String(text, 0, length[0], StandardCharsets.UTF_8)
                : "unknown (status " + status + ')';
    }
}
