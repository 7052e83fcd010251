package dev.tokapu.engine.schedule;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A KV cache of known size: which token is in which cell, and which sequences hold it. With one buffer for all, copies share cells;
 * otherwise each sequence has its own.
 */
final class CellModel {

    private record Cell(int token) {}

    private final Cell[][] cells;
    private final int[] lengths;
    private final SchedulerConfig config;

    CellModel(SchedulerConfig config) {
        this.config = config;
        this.cells = new Cell[config.sequences()][config.slotTokens() + 1];
        this.lengths = new int[config.sequences()];
    }

    void apply(KvOperation operation) {
        int slot = operation.slot();
        switch (operation.kind()) {
            case CLEAR -> lengths[slot] = 0;
            case TRIM -> {
                Check.that(config.trims(), "trims", slot, operation.length());
                truncate(slot, operation.length());
            }
            case SAVE, RESTORE -> throw new IllegalStateException("a world without tiers");
            case COPY -> {
                int source = operation.source();
                Check.equal("copied to a slot in use", lengths[slot], 0);
                Check.that(operation.length() <= lengths[source], "copy", operation.length(), lengths[source]);
                Check.that(
                        config.trims() || operation.length() == lengths[source],
                        "part of a whole",
                        operation.length(),
                        lengths[source]);
                copy(source, slot, operation.length());
            }
        }
    }

    void copy(int source, int slot, int length) {
        for (int i = 0; i < length; i++) {
            cells[slot][i] = config.shared() ? cells[source][i] : new Cell(cells[source][i].token);
        }
        lengths[slot] = length;
    }

    void decode(int slot, int position, int token) {
        Check.that(position == lengths[slot], "position", position, lengths[slot]);
        Check.that(position < config.slotTokens(), "slot overflows", position, config.slotTokens());
        cells[slot][position] = new Cell(token);
        lengths[slot]++;
    }

    void truncate(int slot, int length) {
        Check.that(length <= lengths[slot], "truncate", length, lengths[slot]);
        lengths[slot] = length;
    }

    int length(int slot) {
        return lengths[slot];
    }

    int token(int slot, int position) {
        return cells[slot][position].token;
    }

    long prefix(int slot) {
        long prefix = 0;
        for (int i = 0; i < lengths[slot]; i++) {
            prefix = SimulatedModel.append(prefix, cells[slot][i].token);
        }
        return prefix;
    }

    /** The cells of a slot. */
    List<Object> cells(int slot) {
        return List.of((Object[]) Arrays.copyOf(cells[slot], lengths[slot]));
    }

    /** Fills a slot with tokens, as far as it reaches. */
    void replace(int slot, int[] tokens) {
        for (int i = 0; i < tokens.length; i++) {
            cells[slot][i] = new Cell(tokens[i]);
        }
    }

    /** Cells in use. */
    Set<Object> used() {
        Set<Object> used = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int slot = 0; slot < cells.length; slot++) {
            used.addAll(cells(slot));
        }
        return used;
    }

    void checkSize() {
        if (config.shared()) {
            Check.that(used().size() <= config.kvTokens(), "cells", used().size(), config.kvTokens());
        }
    }

    void checkBridges(Plan<?> plan) {
        for (int i = 0; i < plan.bridgedSlots().size(); i++) {
            int slot = plan.bridgedSlots().get(i);
            int width = Math.max(1, plan.width());
            Check.equal("bridge behind what is kept", plan.bridgePositions().get(i), length(slot));
            Check.that(length(slot) + width <= config.slotTokens(), "room of a bridge", slot, width);
            Check.that(length(slot) == 0 || config.trims(), "bridge stays", slot, length(slot));
        }
    }
}
