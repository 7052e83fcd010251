/**
 * Tokapu: llama.cpp for Java. This package has the models and the low level; chat, sampling and GGUF reading are next to it.
 *
 * <h2>Five lines</h2>
 *
 * {@snippet class="dev.tokapu.Snippets" region="five-lines"}
 *
 * <h2>What is needed</h2>
 *
 * Java 17 or newer and three things on the class path or module path: {@code dev.tokapu:tokapu}, a binding
 * ({@code tokapu-ffm} for Java 22 and newer, {@code tokapu-jni} for all; with both, the better one is chosen) and the native
 * libraries of the platform ({@code tokapu-native} with a classifier such as {@code linux-x86_64}). {@code tokapu-all} has all
 * of them. From Java 24 on {@code --enable-native-access=ALL-UNNAMED} (on the module path {@code =dev.tokapu.ffm} or
 * {@code =dev.tokapu.jni}) keeps the JVM from warning.
 *
 * <h2>Two levels over one model</h2>
 *
 * <ul>
 *   <li><em>High</em>: {@link dev.tokapu.chat.ChatSession} holds a conversation, {@link dev.tokapu.completion.Completion} continues
 *       a text. Both stream: a token is computed when you ask for it, and leaving the loop stops the work.
 *   <li><em>Low</em>: {@link dev.tokapu.Vocab} turns text into tokens, {@link dev.tokapu.Context} decodes a
 *       {@link dev.tokapu.Batch} of them, {@link dev.tokapu.sampling.SamplerChain} picks the next one, and
 *       {@link dev.tokapu.KvCache} forks, removes and shifts sequences. What llama.cpp can do, this level can do.
 * </ul>
 *
 * {@snippet class="dev.tokapu.Snippets" region="low-level"}
 *
 * <h2>Models</h2>
 *
 * A model is a GGUF file. {@link dev.tokapu.source.ModelSource} also takes split files, resources on the class path, zip entries and
 * file descriptors; all of them are mapped where they lie when they can be. So a model can be a Maven dependency:
 *
 * {@snippet class="dev.tokapu.Snippets" region="resource"}
 *
 * <h2>Devices</h2>
 *
 * A model goes to all GPUs that work, else to the CPU. {@link dev.tokapu.ModelOptions} chooses otherwise, and {@link
 * dev.tokapu.Fit#of} makes model and context fit the free memory:
 *
 * {@snippet class="dev.tokapu.Snippets" region="fit"}
 *
 * <h2>LoRA adapters</h2>
 *
 * A {@link dev.tokapu.LoraAdapter} changes what a model does without a second copy of its weights; a {@link dev.tokapu.LoraSet}
 * says which of them a context uses:
 *
 * {@snippet class="dev.tokapu.Snippets" region="lora"}
 *
 * <h2>Closing</h2>
 *
 * Models, contexts, sampler chains and sessions own native memory: use try-with-resources. The order does not matter; use
 * after close is an {@link java.lang.IllegalStateException}, never a crash; closing twice does nothing. What is forgotten is
 * freed some time after the garbage collector finds it, with a warning that names it; {@code -Dtokapu.track=true} adds where
 * it was opened.
 *
 * <h2>Threads</h2>
 *
 * {@link dev.tokapu.Model} and {@link dev.tokapu.Vocab} may be used by any number of threads. Contexts, sampler chains and
 * sessions are for one thread at a time, and tell a second one so. No global lock is held anywhere.
 *
 * <h2>Errors</h2>
 *
 * What llama.cpp could not do is a {@link dev.tokapu.exception.TokapuException} with the line of its log that explains it. Misuse is an
 * {@link java.lang.IllegalArgumentException} or {@link java.lang.IllegalStateException}. Neither ends the JVM.
 *
 * <h2>Logs</h2>
 *
 * Everything goes to SLF4J, nothing to stdout or stderr. The lines of llama.cpp go to the logger {@code llama.cpp} with its own
 * levels; set it to WARN for silence in normal operation.
 *
 * <h2>System properties</h2>
 *
 * <ul>
 *   <li>{@code tokapu.binding}: {@code ffm} or {@code jni};
 *   <li>{@code tokapu.cpu}: a variant of the CPU backend, one of {@link dev.tokapu.Tokapu#cpuVariants()};
 *   <li>{@code tokapu.numa}: where threads compute on a machine with several NUMA nodes, {@code none}, {@code distribute}, {@code
 *       isolate} or {@code numactl};
 *   <li>{@code tokapu.devices}: {@code none}, or names of {@link dev.tokapu.Tokapu#devices()} with commas between them, in
 *       place of all GPUs that work;
 *   <li>{@code tokapu.deviceSampling}: {@code auto}, {@code on} or {@code off}, whether tokens are chosen where the logits are
 *       computed;
 *   <li>{@code tokapu.native.dir}: a folder with the native libraries, in place of those in the jar;
 *   <li>{@code tokapu.cache.dir}: where libraries and models are extracted to, by default {@code ~/.cache/tokapu};
 *   <li>{@code tokapu.track}: {@code true} to remember where native objects were opened and closed.
 * </ul>
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu;

import org.jspecify.annotations.NullMarked;
