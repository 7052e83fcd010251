package dev.tokapu.jni;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * The JavaCPP preset of {@code tokapu.h}: how its few C types look in the class {@code dev.tokapu.jni.gen.TokapuLibrary} that
 * JavaCPP generates from the header at build time.
 *
 * <p>Every pointer becomes a Java array, so that no call needs a JavaCPP {@code Pointer} object.
 */
@Properties(
        value = @Platform(include = "tokapu.h", link = "tokapu"),
        target = "dev.tokapu.jni.gen",
        global = "dev.tokapu.jni.gen.TokapuLibrary")
public class TokapuPreset implements InfoMapper {

    /** Called by JavaCPP. */
    public TokapuPreset() {}

    @Override
    public void map(InfoMap map) {
        map.put(new Info("TOKAPU_API").cppTypes().annotations());
        map.put(new Info("_WIN32", "TOKAPU_BUILD").define(false));
        map.put(new Info("__cplusplus").define());
        map.put(new Info("TOKAPU_ABI_VERSION").skip());
        map.put(new Info("char").valueTypes("byte").pointerTypes("@Cast(\"char*\") byte[]"));
        map.put(new Info("const char").valueTypes("byte").pointerTypes("@Cast(\"const char*\") byte[]"));
        map.put(new Info("int8_t").valueTypes("byte").pointerTypes("byte[]"));
        map.put(new Info("int32_t").valueTypes("int").pointerTypes("int[]"));
        map.put(new Info("int64_t").valueTypes("long").pointerTypes("@Cast(\"int64_t*\") long[]"));
        map.put(new Info("const int64_t").valueTypes("long").pointerTypes("@Cast(\"const int64_t*\") long[]"));
        map.put(new Info("float").valueTypes("float").pointerTypes("float[]"));
        map.put(new Info("double").valueTypes("double").pointerTypes("double[]"));
        map.put(new Info("tokapu_log_callback")
                .valueTypes("dev.tokapu.jni.LogCallback")
                .pointerTypes("dev.tokapu.jni.LogCallback")
                .skip());
        map.put(new Info("tokapu_progress_callback")
                .valueTypes("dev.tokapu.jni.ProgressCallback")
                .pointerTypes("dev.tokapu.jni.ProgressCallback")
                .skip());
        map.put(new Info("tokapu_sampler_callback")
                .valueTypes("dev.tokapu.jni.SamplerCallbackFunction")
                .pointerTypes("dev.tokapu.jni.SamplerCallbackFunction")
                .skip());
    }
}
