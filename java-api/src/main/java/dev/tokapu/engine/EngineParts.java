package dev.tokapu.engine;

import dev.tokapu.Vocab;

/** What the requests of an engine share. */
record EngineParts(Vocab vocab, TextStage stage, EngineControl control) {}
