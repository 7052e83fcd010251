/**
 * Labels of texts: a {@link dev.tokapu.classification.Classifier} finds them, with a model that has a classification head.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.classification;

import org.jspecify.annotations.NullMarked;
