# Writes the bill of materials of a native jar in CycloneDX's format.
#
# usage: awk -v name=ARTIFACT -v version=VERSION -v platform=CLASSIFIER -v llama=RELEASE -v backend=NAME -f sbom.awk SUMS NOTICE
#     SUMS      lines '<sha256>  <file>'
#     NOTICE    lists what works the libraries contain; a table with two spaces or more between its columns
#     backend   empty for the jar of the CPU: it contains all of them. A backend contains ggml, and what NOTICE says of CUDA.
function quoted(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/"/, "\\\"", text)
    return "\"" text "\""
}
function component(text) {
    components = components (components == "" ? "" : ",\n    ") text
}
function work(line,    parts, id) {
    sub(/^ +/, "", line)
    split(line, parts, /  +/)
    # Names that are no identifiers of SPDX's list are given as names.
    id = parts[2] ~ /^(MIT|MIT-0|BSD-2-Clause|BSD-3-Clause|Apache-2\.0)$/ ? "id" : "name"
    component("{\"type\": \"library\", \"name\": " quoted(parts[1]) (parts[1] ~ /^llama\.cpp/ ? ", \"version\": " quoted(llama) : "") \
        ", \"licenses\": [{\"license\": {" quoted(id) ": " quoted(parts[2]) "}}]" \
        (parts[3] == "" ? "" : ", \"copyright\": " quoted(parts[3])) "}")
}
BEGIN {
    os = platform
    sub(/-.*/, "", os)
}
FNR == NR {
    component("{\"type\": \"file\", \"name\": " quoted($2) ", \"hashes\": [{\"alg\": \"SHA-256\", \"content\": " quoted($1) "}]}")
    next
}
/^The / {
    section = /native libraries of Tokapu contain/ ? "all" : /native libraries for .* contain/ ? "for " $5 : /backend .* contains/ ? $3 : ""
}
/^----/ {
    section = ""
}
/^    / && section == "all" && (backend == "" || /llama\.cpp and ggml/) {
    work($0)
}
/^    / && section != "all" && section != "" && (section == backend || (backend == "" && section == "for " os)) {
    work($0)
}
END {
    print "{"
    print "  \"bomFormat\": \"CycloneDX\","
    print "  \"specVersion\": \"1.6\","
    print "  \"version\": 1,"
    print "  \"metadata\": {\"component\": {\"type\": \"library\", \"group\": \"dev.tokapu\", \"name\": " quoted(name) ", \"version\": " quoted(version) \
        ", \"purl\": " quoted("pkg:maven/dev.tokapu/" name "@" version "?classifier=" platform) \
        ", \"licenses\": [{\"license\": {\"id\": \"Apache-2.0\"}}]}},"
    print "  \"components\": ["
    print "    " components
    print "  ]"
    print "}"
}
