package dev.tokapu.jni;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.NativeProvider;
import java.nio.file.Path;
import java.util.Objects;
import org.bytedeco.javacpp.FunctionPointer;
import org.jspecify.annotations.Nullable;

/** The JNI binding: works from Java 17 on. */
public final class JniProvider implements NativeProvider {

    /** Called by {@link java.util.ServiceLoader}. */
    public JniProvider() {}

    @Override
    public String name() {
        return "jni";
    }

    @Override
    public @Nullable String unsupportedReason() {
        // The native code of callbacks looks for our classes where JavaCPP's are; class literals initialize nothing.
        return Objects.equals(FunctionPointer.class.getClassLoader(), JniProvider.class.getClassLoader())
                ? null
                : "requires org.bytedeco:javacpp in the same class loader as tokapu-jni; another one has loaded it";
    }

    @Override
    public NativeApi load(Path directory) throws NativeLoadException {
        JniLibrary.load(directory);
        return new NativeApi(
                new JniSystemApi(),
                new JniBackendApi(),
                new JniDeviceApi(),
                new JniModelApi(),
                new JniVocabApi(),
                new JniContextApi(),
                new JniAdapterApi(),
                new JniMemoryApi(),
                new JniStateApi(),
                new JniSamplerApi(),
                new JniReasoningApi(),
                new JniChatTemplateApi(),
                new JniAnswerParserApi(),
                new JniQuantizeApi(),
                new JniImatrixApi());
    }
}
