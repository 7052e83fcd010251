package dev.tokapu.jni;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.library.NativeLibraries;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** The loading of {@code libjnitokapu}, which brings {@code libtokapu} and llama.cpp from its own folder with it. */
final class JniLibrary {

    private static final String LOAD_LIBRARIES = "org.bytedeco.javacpp.loadLibraries";

    private JniLibrary() {}

    static void load(Path directory) {
        Path library = NativeLibraries.library(directory, "jnitokapu").toAbsolutePath();
        initializeJavaCpp();
        try {
            List<Path> before = NativeLibraries.loadedBefore(directory);
            before.forEach(JniLibrary::loadOnce);
            if (!before.isEmpty()) {
                loadOnce(NativeLibraries.library(directory, "tokapu"));
            }
            loadOrCopy(library);
        } catch (UnsatisfiedLinkError e) {
            throw NativeLibraries.cannotLoad(library, e);
        }
    }

    /** The process has it, whoever has loaded it. */
    private static void loadOnce(Path library) {
        try {
            System.load(library.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError e) {
            if (!isLoadedElsewhere(e)) {
                throw e;
            }
        }
    }

    private static boolean isLoadedElsewhere(UnsatisfiedLinkError error) {
        return String.valueOf(error.getMessage()).contains("already loaded in another classloader");
    }

    private static void loadOrCopy(Path library) {
        try {
            System.load(library.toString());
        } catch (UnsatisfiedLinkError e) {
            if (!isLoadedElsewhere(e)) {
                throw e;
            }
            // The copy finds libtokapu and the rest among the libraries that the process has loaded.
            Path copy = NativeLibraries.copyForThisLoader(library);
            try {
                System.load(copy.toString());
            } finally {
                NativeLibraries.deleteCopy(copy);
            }
        }
    }

    /*
     * JavaCPP's classes look for a library of their own when they are initialized: they create ~/.javacpp/cache, search the
     * class path and extract what they find. Ours is complete (it holds the natives of the JavaCPP classes that it uses) and
     * its place is known, so the search is switched off while these classes initialize, and only then: the switch is shared
     * with other users of JavaCPP in this JVM.
     */
    private static synchronized void initializeJavaCpp() {
        String before = System.getProperty(LOAD_LIBRARIES);
        System.setProperty(LOAD_LIBRARIES, "false");
        try {
            for (Class<?> type : new Class<?>[] {Pointer.class, BytePointer.class, TokapuLibrary.class}) {
                Class.forName(type.getName(), true, type.getClassLoader());
            }
        } catch (ClassNotFoundException e) {
            throw new NativeLoadException("JavaCPP is damaged: " + e.getMessage(), e);
        } finally {
            if (before == null) {
                System.clearProperty(LOAD_LIBRARIES);
            } else {
                System.setProperty(LOAD_LIBRARIES, before);
            }
        }
    }
}
