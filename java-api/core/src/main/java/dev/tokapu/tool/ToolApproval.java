package dev.tokapu.tool;

import java.util.Objects;

/**
 * Decides before a tool call runs whether it may. It sees calls whose arguments fit the schema only, one after the other in
 * their order, on a thread that a cancel and a deadline interrupt; an exception ends the run and nothing further is called.
 *
 * <p>Thread safety: as implemented; runs of several conversations may ask at the same time.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ToolApproval {

    /**
     * Whether a call may run.
     *
     * @param call the call
     * @return {@link Decision#approve()} or {@link Decision#refuse}
     */
    Decision decide(ToolCall call);

    /**
     * What was decided about a call.
     *
     * <p>Thread safety: immutable.
     *
     * @param approved whether it runs
     * @param reason why not, for the model; may be empty
     * @since 0.1
     */
    record Decision(boolean approved, String reason) {

        private static final Decision APPROVED = new Decision(true, "");

        /** Checks the values. */
        public Decision {
            Objects.requireNonNull(reason, "reason");
        }

        /** {@return that the call runs} */
        public static Decision approve() {
            return APPROVED;
        }

        /**
         * The call does not run.
         *
         * @param reason why not, for the model; may be empty
         * @return the decision
         */
        public static Decision refuse(String reason) {
            return new Decision(false, reason);
        }
    }
}
