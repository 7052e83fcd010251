package dev.tokapu.spi;

import java.util.Locale;

/**
 * Operating system and processor architecture, as in the classifiers of the native jars.
 *
 * @param os {@code linux}, {@code macos}, {@code windows}, {@code android}, or the system property as it is
 * @param arch {@code x86_64}, {@code aarch64}, or the system property as it is
 * @since 0.1
 */
public record Platform(String os, String arch) {

    /**
     * The platform of this JVM.
     *
     * @return the platform
     */
    public static Platform current() {
        return of(
                System.getProperty("os.name", ""),
                System.getProperty("os.arch", ""),
                System.getProperty("java.vendor", "") + ' ' + System.getProperty("java.vm.name", ""));
    }

    /**
     * Normalizes the names that JVMs use.
     *
     * @param osName {@code os.name}
     * @param osArch {@code os.arch}
     * @param vendor {@code java.vendor} and {@code java.vm.name}: Android says {@code Linux} otherwise
     * @return the platform
     */
    static Platform of(String osName, String osArch, String vendor) {
        return new Platform(normalizeOs(osName, vendor), normalizeArch(osArch));
    }

    /**
     * The classifier of the native jar.
     *
     * @return for example {@code linux-x86_64}
     */
    public String classifier() {
        return os + '-' + arch;
    }

    private static String normalizeOs(String name, String vendor) {
        String os = name.toLowerCase(Locale.ROOT);
        String by = vendor.toLowerCase(Locale.ROOT);
        if (by.contains("android") || by.contains("dalvik")) {
            return "android";
        }
        if (os.startsWith("linux")) {
            return "linux";
        }
        if (os.startsWith("mac") || os.startsWith("darwin")) {
            return "macos";
        }
        return os.startsWith("windows") ? "windows" : os.replace(' ', '_');
    }

    private static String normalizeArch(String name) {
        String arch = name.toLowerCase(Locale.ROOT);
        return switch (arch) {
            case "amd64", "x86-64", "x86_64", "x64" -> "x86_64";
            case "aarch64", "arm64", "armv8" -> "aarch64";
            default -> arch;
        };
    }

    @Override
    public String toString() {
        return classifier();
    }
}
