package dev.tokapu.internal.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Permissions for the owner alone, where the file system has permissions.
 *
 * <p>Thread safety: safe, no state.
 */
public final class OwnerOnly {

    private OwnerOnly() {}

    /** {@return what a file at a place is created with} */
    public static FileAttribute<?>[] file(Path place) {
        return attributes(place, "rw-------");
    }

    /** {@return what a directory at a place is created with} */
    public static FileAttribute<?>[] directory(Path place) {
        return attributes(place, "rwx------");
    }

    private static FileAttribute<?>[] attributes(Path place, String permissions) {
        return isPosix(place)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** {@return whether the file system of a place has such permissions} */
    public static boolean isPosix(Path place) {
        return place.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Whether others than the owner may use a directory, as text like {@code rwxr-xr-x}; empty when they may not. */
    public static String othersMayUse(Path directory) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(directory, PosixFileAttributeView.class);
        if (view == null) {
            return "";
        }
        String permissions = PosixFilePermissions.toString(view.readAttributes().permissions());
        return permissions.endsWith("------") ? "" : permissions;
    }
}
