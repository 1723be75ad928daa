#!/usr/bin/env bash
# The C tests: against the header, linked shared and static, under valgrind. Ends with a line that counts.
set -uo pipefail
cd "$(dirname "$0")/../.."
lib="${HOOKBRIDGE_LIB:-target/release}"
work=$(mktemp -d)
passed=0
failed=0
python3 tests/c/receiver.py >"$work/url" &
receiver=$!
trap 'kill $receiver 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 100); do [ -s "$work/url" ] && break; sleep 0.1; done
url=$(cat "$work/url")

check() { # name, command...
    local name=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        echo "ok      $name"
        passed=$((passed + 1))
    else
        echo "FAILED  $name"
        tail -n 40 "$work/out"
        failed=$((failed + 1))
    fi
}

flags=(-std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -g -Iinclude -Itests/c)
static_libs=(-lpthread -ldl -lm -lgcc_s)

# Every function that the header declares, called for by address, so that a missing one fails to link.
{
    echo '#include "hookbridge.h"'
    echo 'typedef void (*any)(void);'
    echo 'any all[] = {'
    grep -oE 'hookbridge_[a-z_]+\(' include/hookbridge.h | tr -d '(' | sort -u |
        grep -vx 'hookbridge_log_sink' | sed 's/.*/(any)&,/'
    echo '};'
    echo 'int main(void) { return all[0] == 0; }'
} >"$work/symbols.c"

for kind in shared static; do
    if [ $kind = shared ]; then
        link=(-L"$lib" -lhookbridge "-Wl,-rpath,$PWD/$lib")
    else
        link=("$lib/prelinked/libhookbridge.a" "${static_libs[@]}")
    fi
    check "$kind: every symbol of the header links" \
        gcc "${flags[@]}" "$work/symbols.c" -o "$work/symbols-$kind" "${link[@]}"
    for test in misuse deliver forked signals cancelled memory; do
        check "$kind: $test compiles" gcc "${flags[@]}" "tests/c/$test.c" -o "$work/$test-$kind" "${link[@]}" -lpthread
    done
    mkdir -p "$work/$kind"/{misuse,deliver,forked,signals,cancelled,memory}
    check "$kind: misuse" "$work/misuse-$kind" "$work/$kind/misuse"
    check "$kind: deliver" "$work/deliver-$kind" "$work/$kind/deliver" "$url"
    check "$kind: signals" timeout 300 "$work/signals-$kind" "$work/$kind/signals"
    check "$kind: cancelled" timeout 300 "$work/cancelled-$kind" "$work/$kind/cancelled"
    check "$kind: memory" timeout 300 "$work/memory-$kind" "$work/$kind/memory"
    check "$kind: forked" sh -c "timeout 300 '$work/forked-$kind' '$work/$kind/forked' '$url/fork' > '$work/ids-$kind'"
    check "$kind: every id of both sides of a fork was delivered" python3 - "$url" "$work/ids-$kind" <<'PY'
import sys, urllib.request
seen = set(urllib.request.urlopen(sys.argv[1] + "/ids").read().decode().split())
sent = open(sys.argv[2]).read().split()
missing = [i for i in sent if i not in seen]
assert len(sent) > 200 and not missing, f"{len(missing)} of {len(sent)} are missing"
PY
done

cp "$lib/libhookbridge.so" "$work/one.so" && cp "$lib/libhookbridge.so" "$work/other.so"
check "copies compiles" gcc "${flags[@]}" tests/c/copies.c -o "$work/copies" -ldl
check "two copies in one process share no file" "$work/copies" "$work" "$work/one.so" "$work/other.so"

check "the shared library exports hookbridge_* and nothing else" sh -c \
    "! nm -D --defined-only '$lib/libhookbridge.so' | awk '{print \$3}' | grep -v '^hookbridge_'"
check "the static library defines hookbridge_* and nothing else" sh -c \
    "! objdump -t '$lib/prelinked/libhookbridge.a' | awk '\$2 == \"g\" && \$4 != \"*UND*\" {print \$NF}' | grep -v '^hookbridge_'"

mkdir -p "$work/valgrind"/{misuse,deliver}
valgrind=(valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=7 --suppressions=tests/c/valgrind.supp)
check "valgrind: misuse" "${valgrind[@]}" "$work/misuse-shared" "$work/valgrind/misuse"
check "valgrind: deliver" "${valgrind[@]}" "$work/deliver-shared" "$work/valgrind/deliver" "$url"

check "the guide's programs compile without a warning" sh -c \
    "for file in ffi/examples/*.c; do gcc ${flags[*]} -fsyntax-only \$file || exit 1; done"
check "make install" make -s install-built LIB="$lib" INSTALLED_COMMAND="${HOOKBRIDGE_COMMAND:-target/release/hookbridge}" PREFIX="$work/prefix"
doc="$work/prefix/share/doc/hookbridge"
check "guide, programs and licences are installed" ls "$doc/README.md" "$doc/LICENSE-APACHE" "$doc/LICENSE-MIT" "$doc/examples/first.c" \
    "$doc/examples/helpers.h"
check "the guide's programs, linked as it says" env HOOKBRIDGE_PREFIX="$work/prefix" tests/samples/run c

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
