package dev.tokapu.engine.prefix;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who may share a prefix: what was computed with the same adapters, for the same tenant or for everybody.
 *
 * <p>Thread safety: immutable.
 *
 * @param adapters the adapter set that it is computed with
 * @param tenant whom it is computed for; {@link #EVERYBODY} for a public prefix
 */
public record PrefixScope(Object adapters, Object tenant) {

    /** The tenant of public prefixes. */
    public static final Object EVERYBODY = new Object() {
        @Override
        public String toString() {
            return "everybody";
        }
    };

    /** The scope of what nobody shares. */
    public static final PrefixScope NONE = new PrefixScope(new Object(), "");

    /** {@return whether a prefix is public} */
    public boolean isPublic() {
        return tenant == EVERYBODY;
    }

    /** {@return whether a request of this scope may use what was computed for another one} */
    public boolean mayUse(PrefixScope other) {
        return adapters.equals(other.adapters) && (other.isPublic() || tenant.equals(other.tenant));
    }

    /** By hand: what the JDK makes of records stays in its soft caches, and with it the class loader. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PrefixScope that && adapters.equals(that.adapters) && tenant.equals(that.tenant);
    }

    @Override
    public int hashCode() {
        return Objects.hash(adapters, tenant);
    }
}
