package dev.tokapu.internal.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The control groups of Linux that this process belongs to, version 1 or 2: what limits a container, a service or a job.
 *
 * <p>A limit of a parent holds for its children, so every group is asked, from that of the process up to the topmost that can be seen.
 *
 * <p>Thread safety: immutable.
 */
final class ControlGroups {

    /** The folders of the groups of one controller, the innermost first, and which version they are of. */
    record Groups(List<Folder> folders, boolean second) {}

    /** A group: its name for people, and the folder with its files. */
    record Folder(String name, Path path) {

        /** A number of a file; empty when there is none, or it says that there is no limit. */
        OptionalLong number(String file) {
            return first(file, 0);
        }

        /** A field of the first line of a file. */
        OptionalLong first(String file, int field) {
            String line = SmallFile.lines(path.resolve(file))[0];
            String[] fields = line.strip().split(" ", -1);
            return field < fields.length ? parsed(fields[field]) : OptionalLong.empty();
        }

        /** The lines of a file with keys and values. */
        SmallFile values(String file) {
            return SmallFile.read(path.resolve(file));
        }
    }

    private static final String CGROUP = "proc/self/cgroup";
    private static final String MOUNTS = "proc/self/mountinfo";
    private static final String SECOND_VERSION = "";
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private final Path root;

    /**
     * Reads the control groups from a file system.
     *
     * @param root its root: that of the system, or of a test
     */
    ControlGroups(Path root) {
        this.root = root;
    }

    /** The groups of a controller, such as {@code memory}; none where there are none. */
    Groups of(String controller) {
        List<Folder> first = folders(controller);
        return first.isEmpty() ? new Groups(folders(SECOND_VERSION), true) : new Groups(first, false);
    }

    private List<Folder> folders(String controller) {
        String group = group(controller);
        List<Folder> folders = new ArrayList<>();
        if (group == null) {
            return folders;
        }
        for (String line : SmallFile.lines(root.resolve(MOUNTS))) {
            String[] fields = line.split(" ", -1);
            int dash = List.of(fields).indexOf("-");
            if (dash < 5 || fields.length < dash + 4 || !isOf(controller, fields[dash + 1], fields[dash + 3])) {
                continue;
            }
            Path mount = root.resolve(unescaped(fields[4]).substring(1));
            addUpwards(folders, mount, inMount(mount, unescaped(fields[3]), group));
            if (!folders.isEmpty()) {
                break;
            }
        }
        return folders;
    }

    /** The path of the controller's group in /proc/self/cgroup, null when there is none. */
    private @Nullable String group(String controller) {
        for (String line : SmallFile.lines(root.resolve(CGROUP))) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3
                    && (controller.equals(SECOND_VERSION)
                            ? fields[0].equals("0") && fields[1].isEmpty()
                            : List.of(fields[1].split(",", -1)).contains(controller))) {
                return fields[2];
            }
        }
        return null;
    }

    private static boolean isOf(String controller, String type, String options) {
        return controller.equals(SECOND_VERSION)
                ? type.equals("cgroup2")
                : type.equals("cgroup") && List.of(options.split(",", -1)).contains(controller);
    }

    /** The group's folder. A container sees its own at the top of the mount, whatever the path says. */
    private static Path inMount(Path mount, String mountRoot, String group) {
        String below = group;
        if (!mountRoot.equals("/")) {
            boolean inside = group.equals(mountRoot) || group.startsWith(mountRoot.concat("/"));
            below = inside ? group.substring(mountRoot.length()) : "";
        }
        Path folder = mount.resolve(below.startsWith("/") ? below.substring(1) : below)
                .normalize();
        return folder.startsWith(mount) && Files.isDirectory(folder) ? folder : mount;
    }

    private static void addUpwards(List<Folder> folders, Path mount, Path innermost) {
        for (Path folder = innermost; folder != null && folder.startsWith(mount); folder = folder.getParent()) {
            if (Files.isDirectory(folder)) {
                folders.add(new Folder("/".concat(mount.relativize(folder).toString()), folder));
            }
        }
    }

    /** Blanks and line ends are written in octal there. */
    private static String unescaped(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        return OCTAL.matcher(field)
                .replaceAll(
                        octal -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
    }

    private static OptionalLong parsed(String number) {
        try {
            return OptionalLong.of(Long.parseLong(number));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // "max"
        }
    }
}
