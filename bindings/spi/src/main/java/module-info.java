/** The waist of Tokapu on the Java side: {@link dev.tokapu.spi.NativeApi}, its loader and the choice of a binding. */
@org.jspecify.annotations.NullMarked
module dev.tokapu.spi {
    requires static transitive org.jspecify;

    exports dev.tokapu.spi;

    uses dev.tokapu.spi.NativeProvider;
}
