/**
 * What an engine's thread does, step by step: {@link dev.tokapu.engine.run.EngineLoop} asks the scheduler for a plan,
 * {@link dev.tokapu.engine.run.StepExecutor} computes it, {@link dev.tokapu.engine.run.StepDelivery} hands on what it brought. It knows
 * requests as {@link dev.tokapu.engine.run.EngineTask} only.
 */
@NullMarked
package dev.tokapu.engine.run;

import org.jspecify.annotations.NullMarked;
