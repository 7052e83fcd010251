package dev.tokapu.internal.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which adapter group has the context: the same one as long as it has work, but only some steps while another one waits; then the
 * next one in order of first admission.
 */
final class GroupTurn {

    private final List<Group> groups = new ArrayList<>();
    private final int limit;
    private int current;
    private int steps;

    GroupTurn(int limit) {
        this.limit = limit;
    }

    void enter(Job job) {
        Group group = find(job.group());
        if (group == null) {
            group = new Group(job.group());
            groups.add(group);
        }
        group.jobs++;
        job.group = group;
    }

    private @Nullable Group find(int id) {
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).id == id) {
                return groups.get(i);
            }
        }
        return null;
    }

    void leave(Job job) {
        Group group = Group.of(job);
        group.jobs--;
        if (group.jobs > 0) {
            return;
        }
        int index = groups.indexOf(group);
        groups.remove(index);
        if (index < current) {
            current--;
        } else if (index == current) {
            steps = 0;
        }
    }

    /** The group of this step; null when no group has work. */
    @Nullable Group next(Slots slots, int slotCount) {
        int working = findWork(slots, slotCount);
        if (working == 0) {
            return null;
        }
        if (current >= groups.size()) {
            current = 0;
        }
        boolean othersWait = working > (groups.get(current).hasWork ? 1 : 0);
        if (!groups.get(current).hasWork || (othersWait && steps >= limit)) {
            do {
                current = (current + 1) % groups.size();
            } while (!groups.get(current).hasWork);
            steps = 0;
            othersWait = working > 1;
        }
        steps = othersWait ? steps + 1 : 0;
        return groups.get(current);
    }

    private int findWork(Slots slots, int slotCount) {
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).hasWork = false;
        }
        int working = 0;
        for (int slot = 0; slot < slotCount; slot++) {
            Lane lane = slots.lane(slot);
            if (lane == null || !(lane.isReady() || lane.job().phase == Phase.PREFILLING)) {
                continue;
            }
            Group group = Group.of(lane.job());
            if (!group.hasWork) {
                group.hasWork = true;
                working++;
            }
        }
        return working;
    }
}
