"""Settings of llama.cpp's programs: each is changed where a short load is faster than with what was found before it."""

ALTERNATIVES = {"kv": ("split", "unified"), "micro_batch": (512, 2048), "sampling": ("cpu", "device")}


def tuned(settings, speed):
    """The fastest settings; speed: output tokens per second with settings, or SystemExit where the program refuses them."""
    best, most = settings, speed(**settings)
    for name in settings:
        for value in ALTERNATIVES[name]:
            changed = {**best, name: value}
            if value == best[name]:
                continue
            try:
                found = speed(**changed)
            except SystemExit:
                continue
            if found > most:
                best, most = changed, found
    return best


def described(settings):
    """As a table has it."""
    return f"`{settings['kv'].upper()}`, micro-batch {settings['micro_batch']}" + (
        ", sampling on the device" if settings.get("sampling") == "device" else "")
