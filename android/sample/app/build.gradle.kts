plugins {
    id("com.android.application") version "8.13.0"
    kotlin("android") version "2.2.21"
}

android {
    namespace = "dev.tokapu.sample"
    compileSdk = 36
    defaultConfig {
        applicationId = "dev.tokapu.sample"
        minSdk = 34
        targetSdk = 36
        versionCode = 1
        versionName = "1"
        ndk { abiFilters += listOf("arm64-v8a", "x86_64") }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    kotlin { jvmToolchain(17) }
    // Files, which the loader opens by their paths: the linker of llama.cpp's backends wants that.
    packaging { jniLibs { useLegacyPackaging = true } }
}

dependencies {
    implementation(files("../../../target/tokapu.aar"))
    implementation("org.slf4j:slf4j-api:2.0.17")
    implementation("com.fasterxml.jackson.core:jackson-core:2.22.4")
    implementation(files("../../../integrations/kotlin/target/tokapu-kotlin-0.1.0-SNAPSHOT.jar"))
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    implementation("org.jetbrains.kotlinx:kotlinx-serialization-json:1.9.0")
}
