#!/bin/sh
# Shortens the output of Maven, CMake and Ninja on stdin to what tells how far the build is and how long it will take, on stderr,
# and to errors. The compilers' warnings, thousands of lines for llama.cpp, are left out.
set -u
interval=15

say() {
    printf '%s\n' "$*" >&2
}

# 75 -> "1 min 15 s"
duration() {
    if [ "$1" -lt 60 ]; then
        echo "$1 s"
    else
        echo "$(($1 / 60)) min $(($1 % 60)) s"
    fi
}

began=$(date +%s)
what=libtokapu
since=$began # of this run of Ninja
last=0       # its step
shown=0      # when a step was told
while IFS= read -r line; do
    case $line in
    "[INFO] Building Tokapu"*"["*"/"*"]" | "[INFO] Building SmolLM"*"["*"/"*"]")
        say "  ${line#"[INFO] "}"
        ;;
    "-- Building llama.cpp"*)
        say "    ${line#"-- "}"
        what=llama.cpp
        since=$(date +%s)
        last=0
        ;;
    "-- "*llama.cpp*) say "    ${line#"-- "}" ;;
    "Getting "* | "    "[0-9]*" of "[0-9]*" MB") say "  $line" ;;
    "["[0-9]*"/"[0-9]*"]"*)
        now=$(date +%s)
        step=${line#"["}
        of=${step#*/}
        step=${step%%/*}
        of=${of%%"]"*}
        if [ "$step" -lt "$last" ]; then
            what=libtokapu
            since=$now
        fi
        last=$step
        if [ $((now - shown)) -ge $interval ] && [ "$now" -gt "$since" ] && [ "$step" -gt 0 ]; then
            shown=$now
            left=$(((now - since) * (of - step) / step))
            say "    $what: step $step of $of, about $(duration $left) left; $(duration $((now - began))) so far"
        fi
        ;;
    *"[ERROR]"* | *"error:"* | *"FATAL"* | "FAILED: "* | "CMake Error"*) say "$line" ;;
    esac
done
