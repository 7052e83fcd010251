# Sourced by the tests of the scripts: counts what is not as expected in $failures.
failures=0

# check NAME EXPECTED ACTUAL: the actual text contains the expected one.
check() {
    case $3 in
    *"$2"*) ;;
    *)
        echo "FAILED $1: expected '$2' in: $3"
        failures=$((failures + 1))
        ;;
    esac
}
