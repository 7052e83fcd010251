/**
 * Tokapu's engine on the executors of a Spark cluster: {@link dev.tokapu.spark.TokapuSpark} adds columns with answers, typed values, vectors and
 * scores to data frames, and registers the same as SQL functions.
 */
@NullMarked
package dev.tokapu.spark;

import org.jspecify.annotations.NullMarked;
