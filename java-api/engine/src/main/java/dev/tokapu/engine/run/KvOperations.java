package dev.tokapu.engine.run;

import dev.tokapu.KvCache;
import dev.tokapu.engine.schedule.KvOperation;

/**
 * Carries out what plans do to the KV cache.
 *
 * <p>Thread safety: confined to the engine's thread.
 *
 * @param unified whether sequences share one buffer, so that parts of them can be copied
 * @param states copies to host memory and back
 */
record KvOperations(KvCache kvCache, boolean unified, SequenceStates states) {

    void apply(KvOperation operation) {
        switch (operation.kind()) {
            case CLEAR -> {
                states.leave(operation.slot());
                kvCache.remove(operation.slot(), -1, -1);
            }
            case TRIM -> {
                states.leave(operation.slot());
                trim(operation.slot(), operation.length());
            }
            case COPY -> copy(operation);
            case SAVE -> states.save(operation);
            case RESTORE -> states.restore(operation);
        }
    }

    private void copy(KvOperation operation) {
        int slot = operation.slot();
        if (unified) {
            kvCache.copy(operation.source(), slot, 0, operation.length());
            return;
        }
        kvCache.copy(operation.source(), slot, -1, -1);
        if (kvCache.maxPosition(slot) >= operation.length()) {
            trim(slot, operation.length());
        }
    }

    private void trim(int slot, int length) {
        if (!kvCache.remove(slot, length, -1)) {
            throw new IllegalStateException("could not remove the end of sequence " + slot + " after position " + length
                    + " from the KV cache; switch the prefix cache off (EngineOptions.prefixCache), and report this");
        }
    }
}
