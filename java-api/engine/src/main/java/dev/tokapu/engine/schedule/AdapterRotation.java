package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which adapter group has the context: the same one as long as it has work, but only some steps while another one waits.
 *
 * <p>Groups stand in line in order of first admission. The one that had the context goes to the end of the line, so that groups
 * that come and go do not keep one that waits from its turn.
 */
final class AdapterRotation {

    private final List<Group> line = new ArrayList<>();
    private final int limit;
    private @Nullable Group current;
    private int steps;

    AdapterRotation(int limit) {
        this.limit = limit;
    }

    void enter(ScheduledRequest<?> request) {
        int id = request.groupNow();
        Group group = find(id);
        if (group == null) {
            group = new Group(id);
            line.add(group);
        }
        group.requests++;
        request.group = group;
    }

    private @Nullable Group find(int id) {
        for (int i = 0; i < line.size(); i++) {
            if (line.get(i).id == id) {
                return line.get(i);
            }
        }
        return null;
    }

    void leave(ScheduledRequest<?> request) {
        Group group = Group.of(request);
        group.requests--;
        if (group.requests == 0) {
            line.remove(group);
            current = current == group ? null : current;
        }
    }

    /** The group of this step; null when no group has work. */
    @Nullable
    Group next(SlotTable slots, int slotCount) {
        int working = findWork(slots, slotCount);
        if (working == 0) {
            return null;
        }
        Group group = current;
        boolean othersWait = working > 1;
        if (group == null || !group.hasWork || (othersWait && steps >= limit)) {
            group = change(group);
            current = group;
            steps = 0;
        }
        steps = othersWait ? steps + 1 : 0;
        return group;
    }

    private Group change(@Nullable Group last) {
        if (last != null) {
            line.remove(last);
            line.add(last);
        }
        int i = 0;
        while (!line.get(i).hasWork) {
            i++;
        }
        return line.get(i);
    }

    /** The group of a request, which changes where an activated adapter begins. */
    private Group present(ScheduledRequest<?> request) {
        Group group = Group.of(request);
        if (group.id != request.groupNow()) {
            leave(request);
            enter(request);
        }
        return Group.of(request);
    }

    private int findWork(SlotTable slots, int slotCount) {
        for (int i = 0; i < line.size(); i++) {
            line.get(i).hasWork = false;
        }
        int working = 0;
        for (int slot = 0; slot < slotCount; slot++) {
            ScheduledSequence<?> sequence = slots.sequence(slot);
            if (sequence == null || !(sequence.isReady() || sequence.request().phase == Phase.PREFILLING)) {
                continue;
            }
            Group group = present(sequence.request());
            if (!group.hasWork) {
                group.hasWork = true;
                working++;
            }
        }
        return working;
    }
}
