package dev.tokapu.engine.disk;

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
final class OwnerOnly {

    private OwnerOnly() {}

    static FileAttribute<?>[] file(Path place) {
        return attributes(place, "rw-------");
    }

    static FileAttribute<?>[] directory(Path place) {
        return attributes(place, "rwx------");
    }

    private static FileAttribute<?>[] attributes(Path place, String permissions) {
        return place.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Whether others than the owner may use a directory, as text like {@code rwxr-xr-x}; empty when they may not. */
    static String othersMayUse(Path directory) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(directory, PosixFileAttributeView.class);
        if (view == null) {
            return "";
        }
        String permissions = PosixFilePermissions.toString(view.readAttributes().permissions());
        return permissions.endsWith("------") ? "" : permissions;
    }
}
