package dev.tokapu.kotlin

import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.SerialInfo

/**
 * What the model is told of a class with `@Serializable`, or of one of its properties.
 *
 * Thread safety: immutable.
 *
 * @property text the description in the JSON Schema
 * @since 0.1
 */
@OptIn(ExperimentalSerializationApi::class)
@SerialInfo
@Target(AnnotationTarget.CLASS, AnnotationTarget.PROPERTY)
@Retention(AnnotationRetention.BINARY)
public annotation class Description(val text: String)
