/**
 * What the packages of this module share and nobody else sees: native handles, conventions of the header, finding models.
 *
 * @since 0.1
 */
package dev.tokapu.internal;
