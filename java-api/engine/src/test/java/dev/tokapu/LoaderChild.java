package dev.tokapu;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A server that starts and stops applications, each with the API in a class loader of its own. */
public final class LoaderChild {

    private LoaderChild() {}

    /**
     * Arguments: a model, the number of rounds, and how many seconds to wait for the class loaders to go. Prints how many lines
     * each logged: those one after another, then two at the same time; and how many class loaders are gone.
     */
    public static void main(String[] arguments) throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            loaders.add(new WeakReference<>(round(arguments[0])));
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[2]));
        while (gone(loaders) < loaders.size() && System.nanoTime() < end) {
            System.gc();
            Thread.sleep(100);
        }
        System.out.println("gone " + gone(loaders));
        Function<String, String> one = guest(loader());
        Function<String, String> other = guest(loader());
        for (Function<String, String> guest : List.of(one, other, one, other)) {
            System.out.println("lines " + guest.apply(arguments[0]));
        }
    }

    private static long gone(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(loader -> loader.get() == null).count();
    }

    private static ClassLoader round(String model) throws ReflectiveOperationException, IOException {
        try (URLClassLoader loader = loader()) {
            System.out.println("lines " + guest(loader).apply(model));
            return loader;
        }
    }

    static URLClassLoader loader() {
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(LoaderChild::url)
                .toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    @SuppressWarnings("unchecked") // a JDK interface is the same class everywhere
    static Function<String, String> guest(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> type = loader.loadClass("dev.tokapu.LoaderGuest");
        return (Function<String, String>) type.getConstructor().newInstance();
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
