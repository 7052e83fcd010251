/** The JNI binding of Tokapu, for Java 17 and newer. */
@org.jspecify.annotations.NullMarked
module dev.tokapu.jni {
    requires dev.tokapu.spi;
    requires org.bytedeco.javacpp;
    requires static org.jspecify;

    provides dev.tokapu.spi.NativeProvider with
            dev.tokapu.jni.JniProvider;
}
