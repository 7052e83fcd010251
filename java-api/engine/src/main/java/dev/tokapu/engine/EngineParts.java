package dev.tokapu.engine;

import dev.tokapu.Vocab;
import dev.tokapu.engine.run.EngineExecutors;

/** What the requests of an engine share. */
record EngineParts(Vocab vocab, EngineExecutors executors, TaskCallbacks control) {}
