/** The disk tier of the prefix cache: saved prefixes in a directory, kept across restarts. Not part of the API. */
package dev.tokapu.engine.disk;
