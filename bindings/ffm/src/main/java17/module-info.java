/** The FFM binding of Tokapu; its classes need Java 22 or newer, on older ones it says so. */
@org.jspecify.annotations.NullMarked
module dev.tokapu.ffm {
    requires dev.tokapu.spi;
    requires static org.jspecify;

    provides dev.tokapu.spi.NativeProvider with
            dev.tokapu.ffm.FfmProvider;
}
