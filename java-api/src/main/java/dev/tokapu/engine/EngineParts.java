package dev.tokapu.engine;

import dev.tokapu.Vocab;

/** What the answers of an engine share. */
record EngineParts(Vocab vocab, TextStage stage) {}
