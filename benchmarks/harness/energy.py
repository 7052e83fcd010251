"""What a machine's counters say of energy: processors and their memory by Linux' powercap (RAPL), GPUs by the driver's management library.

A counter measures all that its part of the machine does meanwhile, the generator of the load as well. Most virtual machines have none.
"""

import ctypes
import threading
import time
from pathlib import Path

POWERCAP = Path("/sys/class/powercap")
PAUSE = 0.05  # seconds between two looks


class Rapl:
    """A counter of microjoules, which begins anew at its range."""

    def __init__(self, zone):
        self.name = (zone / "name").read_text().strip()
        self.file = zone / "energy_uj"
        self.range = int((zone / "max_energy_range_uj").read_text())
        self.last = int(self.file.read_text())
        self.turns = 0

    def joules(self):
        value = int(self.file.read_text())
        self.turns += value < self.last
        self.last = value
        return (value + self.turns * self.range) / 1e6


class Gpu:
    """A counter of millijoules in the driver."""

    def __init__(self, library, index):
        self.library = library
        self.handle = ctypes.c_void_p()
        checked(library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(self.handle)))
        self.name = f"GPU {index}"
        self.joules()

    def joules(self):
        value = ctypes.c_ulonglong()
        checked(self.library.nvmlDeviceGetTotalEnergyConsumption(self.handle, ctypes.byref(value)))
        return value.value / 1e3


def checked(status):
    if status != 0:
        raise OSError(f"NVML error {status}")


def counters(powercap=POWERCAP, nvml="libnvidia-ml.so.1"):
    """Those that can be read here, and why others cannot."""
    found, refused = [], []
    # intel-rapl:0 is a processor, intel-rapl:0:1 a part of it: of these its memory alone is not in the whole. AMD's have the same names.
    for zone in sorted(powercap.glob("intel-rapl:*")):
        try:
            name = (zone / "name").read_text().strip()
            if name.startswith("package-") or name == "dram":
                found.append(Rapl(zone))
        except OSError as e:
            refused.append(f"{zone}: {e.strerror}{'; run as root' if isinstance(e, PermissionError) else ''}")
    if not found and not refused:
        refused.append(f"{powercap} has no counter of a processor")
    try:
        library = ctypes.CDLL(nvml)
        checked(library.nvmlInit_v2())
        count = ctypes.c_uint()
        checked(library.nvmlDeviceGetCount_v2(ctypes.byref(count)))
        found += [Gpu(library, index) for index in range(count.value)]
    except (OSError, AttributeError) as e:
        refused.append(f"GPUs: {e}")
    return found, refused


class Meter:
    """Looks at the counters while it is entered, so that the energy of a time that has passed can be told.

    A counter that cannot be read any more ends that, and nothing else: `failure` says why.
    """

    def __init__(self, found):
        self.counters = found
        self.seen = []  # seconds since 1970, joules of all counters
        self.failure = None
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        if self.counters:
            self.look()
            self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        if self.counters:
            self.thread.join()

    def run(self):
        while not self.ended.wait(PAUSE):
            self.look()

    def look(self):
        with self.lock:
            try:
                if self.failure is None:
                    self.seen.append((time.time(), sum(counter.joules() for counter in self.counters)))
            except OSError as e:
                self.failure = f"a counter cannot be read any more: {e}"

    def joules(self, begin, end):
        """Between two times in seconds since 1970 that have passed; None where the counters were not looked at then."""
        if self.counters:
            self.look()  # the last one may have been before the end
        less, more = self.at(begin), self.at(end)
        return None if less is None or more is None else more - less

    def at(self, when):
        """On the line between the looks before and after."""
        for (earlier, less), (later, more) in zip(self.seen, self.seen[1:]):
            if earlier <= when <= later:
                return less + (more - less) * (when - earlier) / ((later - earlier) or 1)
        return None
