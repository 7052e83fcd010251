package dev.tokapu.ffm;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeProvider;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The part of {@code FfmProvider} that needs Java 22. */
final class FfmLoader implements NativeProvider {

    FfmLoader() {}

    @Override
    public String name() {
        return "ffm";
    }

    @Override
    public @Nullable String unsupportedReason() {
        try {
            // Any restricted method answers the question.
            MemorySegment.NULL.reinterpret(1);
            return null;
        } catch (IllegalCallerException e) {
            Module module = FfmLoader.class.getModule();
            return "native access is denied, pass --enable-native-access="
                    + (module.isNamed() ? module.getName() : "ALL-UNNAMED") + " on the command line";
        }
    }

    @Override
    public NativeApi load(Path directory) {
        LoadedLibrary.load(directory);
        return new NativeApi(
                new FfmSystemApi(),
                new FfmBackendApi(),
                new FfmDeviceApi(),
                new FfmModelApi(),
                new FfmVocabApi(),
                new FfmContextApi(),
                new FfmAdapterApi(),
                new FfmMemoryApi(),
                new FfmStateApi(),
                new FfmSamplerApi(),
                new FfmReasoningApi(),
                new FfmChatTemplateApi(),
                new FfmAnswerParserApi(),
                new FfmQuantizeApi(),
                new FfmImatrixApi());
    }
}
