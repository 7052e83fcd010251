/*
 * NUMA strategies on nodes that the test pretends: the shim and ggml look for folders under /sys with stat(), which this program
 * has in place of the C library's. A process has one strategy, so each case is a process: LIBRARY_DIR SCRATCH_DIR CASE. Exits with
 * 77 where a process has one processor alone.
 */
#define _GNU_SOURCE
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_NODES = 2 };

static int       n_nodes;
static cpu_set_t node_processors[MAX_NODES];

/* Two processors that this process may use, and all of them. */
static int       first;
static int       second;
static cpu_set_t all;

int stat(const char * restrict path, struct stat * restrict status) {
    int node = 0;
    int cpu  = 0;
    int end  = 0;
    if (strncmp(path, "/sys/devices/system/node/node", 29) != 0) {
        return fstatat(AT_FDCWD, path, status, 0);
    }
    const int known = sscanf(path + 29, "%d/cpu%d%n", &node, &cpu, &end);
    memset(status, 0, sizeof(*status));
    status->st_mode = S_IFDIR;
    return node < n_nodes && (known == 1 || CPU_ISSET((size_t) cpu, &node_processors[node])) ? 0 : -1;
}

static cpu_set_t only(int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t) processor, &set);
    return set;
}

static bool bound_to(int thread, cpu_set_t set) {
    cpu_set_t found;
    return sched_getaffinity(thread, sizeof(found), &found) == 0 && CPU_EQUAL(&found, &set);
}

static void bind_to(cpu_set_t set) {
    CHECK(sched_setaffinity(0, sizeof(set), &set) == 0);
}

/* Whether there is another thread with exactly these processors. */
static bool another_bound_to(cpu_set_t set) {
    DIR * threads = opendir("/proc/self/task");
    bool  found   = false;
    CHECK(threads != NULL);
    for (const struct dirent * entry = readdir(threads); entry != NULL; entry = readdir(threads)) {
        const int thread = atoi(entry->d_name);
        found            = found || (thread > 0 && thread != gettid() && bound_to(thread, set));
    }
    closedir(threads);
    return found;
}

static void find_processors(void) {
    CHECK(sched_getaffinity(0, sizeof(all), &all) == 0);
    if (CPU_COUNT(&all) < 2) {
        printf("this process may use one processor alone\n");
        exit(77);
    }
    while (!CPU_ISSET((size_t) first, &all)) {
        first++;
    }
    second = first + 1;
    while (!CPU_ISSET((size_t) second, &all)) {
        second++;
    }
}

static void pretend(cpu_set_t node0, cpu_set_t node1) {
    n_nodes            = 2;
    node_processors[0] = node0;
    node_processors[1] = node1;
}

static int32_t init(int32_t numa) {
    return tokapu_backend_init(library_dir, (int32_t) strlen(library_dir), NULL, 0, numa);
}

static void expect_numa(int32_t strategy, int32_t nodes) {
    int32_t found_strategy = -1;
    int32_t found_nodes    = -1;
    OK(tokapu_backend_numa(&found_strategy, &found_nodes));
    CHECK(found_strategy == strategy && found_nodes == nodes);
}

/* With two threads, this one among them, which has these processors before and after. */
static void decode(cpu_set_t own) {
    const int64_t          model   = load_model();
    struct context_options options = small_options();
    int64_t                context = 0;
    options.ints[TOKAPU_CONTEXT_I_N_THREADS] = 2;
    OK(try_context(model, &options, &context));
    bind_to(own);
    decode_tokens(context, 0, 5, 1);
    CHECK(bound_to(0, own));
    OK(tokapu_device_check(0));
    CHECK(bound_to(0, own));
}

static void test_distribute(void) {
    pretend(only(first), only(second));
    OK(init(TOKAPU_NUMA_DISTRIBUTE));
    expect_numa(TOKAPU_NUMA_DISTRIBUTE, 2);
    decode(all);
    CHECK(another_bound_to(only(second)));
}

/* ggml's own strategy would bind threads to all processors of the node, also to those that taskset has excluded. */
static void test_isolate_under_taskset(void) {
    cpu_set_t none;
    CPU_ZERO(&none);
    pretend(all, none);
    bind_to(only(second));
    OK(init(TOKAPU_NUMA_ISOLATE));
    CHECK(bound_to(0, only(second)));
    bind_to(all);
    decode(all);
    CHECK(another_bound_to(only(second)));
}

static void test_isolate(void) {
    pretend(only(first), only(second));
    bind_to(only(second));
    OK(init(TOKAPU_NUMA_ISOLATE));
    bind_to(all);
    decode(all);
    CHECK(another_bound_to(only(second)) && !another_bound_to(only(first)));
}

/* ggml lets the calling thread use all processors after each computation. */
static void test_numactl_keeps_the_processors_of_the_calling_thread(void) {
    pretend(only(first), only(second));
    bind_to(only(second));
    OK(init(TOKAPU_NUMA_NUMACTL));
    expect_numa(TOKAPU_NUMA_NUMACTL, 1);
    bind_to(all);
    decode(only(first));
    CHECK(another_bound_to(only(second)));
}

static void test_refused(void) {
    cpu_set_t none;
    CPU_ZERO(&none);
    pretend(all, none);
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, init(TOKAPU_NUMA_DISTRIBUTE), "none of node 1");
    pretend(only(first), only(second));
    bind_to(only(first));
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, init(TOKAPU_NUMA_DISTRIBUTE), "processors of node 1");
    CHECK(bound_to(0, only(first)));
    pretend(only(second), none);
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, init(TOKAPU_NUMA_ISOLATE), "in none of");
    expect_numa(TOKAPU_NUMA_NONE, 1);
    bind_to(all);
    OK(init(TOKAPU_NUMA_NONE));
    decode(all);
}

static void test_too_late(void) {
    pretend(only(first), only(second));
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, init(-1), "numa is -1");
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, init(TOKAPU_NUMA_NUMACTL + 1), "numa is 4");
    EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, init(INT32_MAX), "numa is");
    OK(init(TOKAPU_NUMA_NONE));
    expect_numa(TOKAPU_NUMA_NONE, 2);
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, init(TOKAPU_NUMA_ISOLATE), "'isolate' was asked for but 'none' is set");
    OK(init(TOKAPU_NUMA_NONE));
    decode(all);
    CHECK(!another_bound_to(only(first)) && !another_bound_to(only(second)));
}

static void test_one_node(void) {
    n_nodes            = 1;
    node_processors[0] = all;
    OK(init(TOKAPU_NUMA_DISTRIBUTE));
    OK(init(TOKAPU_NUMA_NONE));
    OK(init(TOKAPU_NUMA_DISTRIBUTE));
    EXPECT_ERROR(TOKAPU_ERROR_BACKEND, init(TOKAPU_NUMA_ISOLATE), "'distribute' is set");
    expect_numa(TOKAPU_NUMA_DISTRIBUTE, 1);
    decode(all);
    CHECK(!another_bound_to(only(first)) && !another_bound_to(only(second)));
}

static const struct {
    const char * name;
    void (*run)(void);
} cases[] = {
    { "distribute", test_distribute },
    { "isolate", test_isolate },
    { "isolate-under-taskset", test_isolate_under_taskset },
    { "numactl", test_numactl_keeps_the_processors_of_the_calling_thread },
    { "refused", test_refused },
    { "too-late", test_too_late },
    { "one-node", test_one_node },
};

int main(int argc, char ** argv) {
    CHECK(argc == 4);
    prepare(argv);
    find_processors();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (strcmp(argv[3], cases[i].name) == 0) {
            cases[i].run();
            return 0;
        }
    }
    printf("there is no case '%s'\n", argv[3]);
    return 1;
}
