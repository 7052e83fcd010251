/**
 * What comes next in an answer, guessed ahead of the model: by {@link dev.tokapu.engine.draft.NGramDrafts} from the text itself, by
 * {@link dev.tokapu.engine.draft.ModelDrafts} with a second, small model. {@link dev.tokapu.engine.draft.DraftPlanner} chooses among both.
 */
@NullMarked
package dev.tokapu.engine.draft;

import org.jspecify.annotations.NullMarked;
