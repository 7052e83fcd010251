/** The waist of Tokapu on the Java side: {@link dev.tokapu.spi.NativeApi}, its loader and the choice of a binding. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // the modules that these packages are for are compiled later
module dev.tokapu.spi {
    requires static transitive org.jspecify;

    exports dev.tokapu.spi;
    exports dev.tokapu.spi.library to
            dev.tokapu,
            dev.tokapu.ffm,
            dev.tokapu.hub,
            dev.tokapu.jni,
            dev.tokapu.raw;
    exports dev.tokapu.spi.backend to
            dev.tokapu;

    uses dev.tokapu.spi.NativeProvider;
}
