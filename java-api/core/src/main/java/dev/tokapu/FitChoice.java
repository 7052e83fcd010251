package dev.tokapu;

import java.util.List;

/** The best plan, what it takes, and why it was chosen. */
record FitChoice(FitPlan plan, FitUse use, boolean fits, List<String> explanation) {}
