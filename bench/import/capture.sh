#!/bin/sh
# cma-stress capture: collects what `cma-stress import` makes a workload of, on the device itself. POSIX sh with the
# tools of busybox or of Android's toybox; without root it collects what it may read. It changes nothing but tracing, in
# a buffer of its own where the kernel has those, and puts that back, also when it is interrupted.
set -u
umask 077
LC_ALL=C
export LC_ALL

usage() {
  cat <<'HELP'
Usage: sh capture.sh [-o FILE] [-t SECONDS] [-r] [-a] [-f] [-m KB] [-n PROCESSES] [-b KB] [-T MB]

Collects memory, KSM, CMA and process figures of the device that it runs on into one archive for cma-stress import.

  -o FILE       archive to write (default: ./cma-capture-HOST-TIME.tar.gz; without gzip .tar, without tar a directory)
  -t SECONDS    length of the window in which counters are compared and events traced (default 60; 0: no window)
  -r            smaps_rollup instead of smaps: faster, but totals only
  -a            no names: processes by number, files by inode, no host name, no messages, no properties
  -f            trace in the kernel's own buffer even if somebody else uses it (see below)
  -m KB         most that is kept of one file (default 8192)
  -n PROCESSES  most processes that are looked at (default 512)
  -b KB         trace buffer for each CPU (default 4096)
  -T MB         most that is kept of the trace (default 64)
  -h            this help

As root it reads everything. Without root it reads its own user's processes and what the kernel shows to all; what it
could not read it says on stderr and in unreadable.txt of the archive.

Tracing uses an instance of its own (tracing/instances), which disturbs nobody. Kernels without instances have one
buffer for all: it is used when nothing is traced in it, its settings are put back at the end, on Ctrl-C, TERM and HUP.
When something is traced there already, no events are recorded, unless -f.

The archive holds names of processes and of mapped files, of command lines the first word only, of the kernel's command
line only what concerns memory, of its messages only those about CMA; no memory contents.

Examples:
  adb push capture.sh /data/local/tmp/ && adb shell su -c 'sh /data/local/tmp/capture.sh -o /data/local/tmp/c.tar.gz' &&
    adb pull /data/local/tmp/c.tar.gz
  ssh root@box sh -s -- -t 120 -o /tmp/c.tar.gz < capture.sh && scp root@box:/tmp/c.tar.gz .
  sh capture.sh -t 0 -r          # a quick look: no window, totals of processes
HELP
}

say() { echo "capture: $*" >&2; }
die() {
  say "$*"
  exit 2
}
number() {
  case "$2" in
    '' | *[!0-9]*) die "$1 expects a whole number, not '$2'" ;;
  esac
  [ "${#2}" -le 7 ] || die "$1 is too large: $2"
}
have() { command -v "$1" >/dev/null 2>&1; }

OUT=
SECONDS_OF_WINDOW=60
ROLLUP=0
ANONYMOUS=0
FORCE=0
FILE_KB=8192
MOST_PROCESSES=512
BUFFER_KB=4096
TRACE_MB=64
# Not for users: a prepared tree to read from instead of the running system.
ROOT="${CMA_CAPTURE_ROOT:-}"
while getopts 'o:t:rafm:n:b:T:p:h' option; do
  case "$option" in
    o) OUT=$OPTARG ;;
    t) SECONDS_OF_WINDOW=$OPTARG ;;
    r) ROLLUP=1 ;;
    a) ANONYMOUS=1 ;;
    f) FORCE=1 ;;
    m) FILE_KB=$OPTARG ;;
    n) MOST_PROCESSES=$OPTARG ;;
    b) BUFFER_KB=$OPTARG ;;
    T) TRACE_MB=$OPTARG ;;
    p) ROOT=$OPTARG ;;
    h)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || die "unexpected argument '$1' (see -h)"
number -t "$SECONDS_OF_WINDOW"
number -m "$FILE_KB"
number -n "$MOST_PROCESSES"
number -b "$BUFFER_KB"
number -T "$TRACE_MB"

PROC=$ROOT/proc
SYS=$ROOT/sys
[ -r "$PROC/meminfo" ] || die "$PROC/meminfo cannot be read: is /proc mounted?"

# ---- where it is put together ----------------------------------------------------------------------------------------

# The first directory of these that can be written to.
writable() {
  for directory in "$@"; do
    if [ -n "$directory" ] && [ -d "$directory" ] && [ -w "$directory" ]; then
      echo "$directory"
      return
    fi
  done
}
HOST=device
if [ $ANONYMOUS -eq 0 ] && [ -r "$PROC/sys/kernel/hostname" ]; then
  HOST=$(cat "$PROC/sys/kernel/hostname")
fi
# Anything in a name but letters, digits and dashes could mean something to somebody.
case "$HOST" in
  '' | '(none)' | *[!A-Za-z0-9_.-]*) HOST=device ;;
esac
NAME=cma-capture-$HOST-$(date +%Y%m%d-%H%M%S)
if [ -z "$OUT" ]; then
  HERE=$(writable . "${TMPDIR:-}" /data/local/tmp /tmp)
  [ -n "$HERE" ] || die 'nowhere to write to: name a file with -o'
  OUT=$HERE/$NAME.tar.gz
fi
case "$OUT" in
  */*) OUT_DIRECTORY=${OUT%/*} ;;
  *) OUT_DIRECTORY=. ;;
esac
: "${OUT_DIRECTORY:=/}"
[ -w "$OUT_DIRECTORY" ] || die "cannot write to $OUT_DIRECTORY: name a file with -o"
[ ! -d "$OUT" ] || die "$OUT is a directory: name a file with -o"
# Beside the archive: it has room for the one, so for the other; and in memory (tmpfs) it would change what is measured.
WORK=$OUT_DIRECTORY/.$NAME.$$
mkdir -p "$WORK/$NAME" || die "cannot write to $OUT_DIRECTORY"
TO=$WORK/$NAME
UNREADABLE=$TO/unreadable.txt
: >"$UNREADABLE"

# ---- tracing: on, off, as it was -------------------------------------------------------------------------------------

TRACING=
INSTANCE=
# Settings of the common buffer, as lines `VALUE FILE`, latest first.
SAVED=$WORK/saved
put_back() {
  if [ -n "$INSTANCE" ]; then
    echo 0 >"$INSTANCE/tracing_on" 2>/dev/null
    rmdir "$INSTANCE" 2>/dev/null || say "cannot remove $INSTANCE: rmdir it by hand"
    INSTANCE=
  fi
  if [ -f "$SAVED" ]; then
    while read -r value file; do
      echo "$value" >"$file" 2>/dev/null || say "cannot put $file back to $value"
    done <"$SAVED"
    rm -f "$SAVED"
  fi
}
SLEEPER=
finish() {
  trap '' INT TERM HUP
  [ -z "$SLEEPER" ] || kill "$SLEEPER" 2>/dev/null
  put_back
  rm -rf "$WORK"
}
trap finish EXIT
trap 'say "interrupted: nothing is written"; exit 130' INT
trap 'say "ended: nothing is written"; exit 143' TERM
trap 'say "hung up: nothing is written"; exit 129' HUP

# Writes a setting of the common buffer and remembers what it was.
setting() {
  [ -w "$1" ] || return 1
  read -r old _ <"$1" || return 1
  [ "$old" = "$2" ] && return 0
  { echo "$old $1"; [ ! -f "$SAVED" ] || cat "$SAVED"; } >"$SAVED.new" && mv "$SAVED.new" "$SAVED"
  echo "$2" >"$1" 2>/dev/null
}

# ---- copying ---------------------------------------------------------------------------------------------------------

if [ "$(echo abc | head -c 2 2>/dev/null)" = ab ]; then
  limited() { head -c "$1"; }
else
  limited() { cat; }
fi

missed() { echo "$1: $2" >>"$UNREADABLE"; }

# copy FILE [FOLDER]: a file of the system to the same place below the archive's root, or below FOLDER of it.
copy() {
  target=$TO/${2:+$2/}${1#"$ROOT"/}
  if [ ! -e "$1" ]; then
    missed "${1#"$ROOT"}" 'not there'
    return 1
  fi
  mkdir -p "${target%/*}"
  # Opening may be refused, and so may reading: only trying tells.
  if { limited $((FILE_KB * 1024)) <"$1" >"$target"; } 2>/dev/null; then
    return 0
  fi
  # A process that is gone is no loss.
  if [ -e "$1" ]; then missed "${1#"$ROOT"}" 'may not be read'; fi
  rm -f "$target"
  return 1
}

# copy_all DIRECTORY [FOLDER]: its files, not those below.
copy_all() {
  if [ ! -d "$1" ]; then
    missed "${1#"$ROOT"}" 'not there'
    return
  fi
  for file in "$1"/*; do
    if [ -f "$file" ] && [ -r "$file" ]; then copy "$file" "${2:-}"; fi
  done
}

# A mapped file is its device and inode then; what is below /dev, and memory without a file, says what kind it is.
without_names() {
  head='[0-9a-f]*-[0-9a-f]* [^ ]* [^ ]* \([^ ]*\) \([0-9]*\)  *'
  sed -e '/^Name:/d' \
    -e "s#^\($head\)/dev/ashmem/dalvik.*#\1@dev/ashmem/dalvik#" \
    -e "s#^\($head\)/dev/\([a-z]*\).*#\1@dev/\4#" \
    -e "s#^\($head\)/memfd:.*#\1@memfd:x#" \
    -e "s#^\($head\)/SYSV.*#\1@SYSV#" \
    -e "s#^\($head\)/.*#\1/file-\2-\3#" \
    -e "s#^\($head\)@#\1/#"
}
# edited FILE COMMAND...: the file through a filter.
edited() {
  if [ -f "$1" ]; then
    shift_file=$1
    shift
    "$@" <"$shift_file" >"$shift_file.new" && mv "$shift_file.new" "$shift_file"
  fi
}

say "collecting into $OUT"

# ---- the whole system ------------------------------------------------------------------------------------------------

for file in meminfo vmstat zoneinfo buddyinfo pagetypeinfo uptime version cpuinfo sys/vm/min_free_kbytes; do
  copy "$PROC/$file"
done
# Only Android has it.
[ ! -e "$PROC/sys/vm/extra_free_kbytes" ] || copy "$PROC/sys/vm/extra_free_kbytes"
# Serial numbers stand in cpuinfo of old boards.
edited "$TO/proc/cpuinfo" sed -e '/^Serial/d'
# Of the command line of the kernel what concerns memory; the rest may name the device's owner or serial number.
if [ -r "$PROC/cmdline" ]; then
  kept=
  # shellcheck disable=SC2013 # words are meant
  for word in $(cat "$PROC/cmdline"); do
    case "$word" in
      console=* | cma=* | mem=* | memmap=* | movablecore=* | kernelcore=* | hugepages* | ksm* | swapaccount=* | \
        androidboot.hardware=* | androidboot.low_ram=*) kept="$kept $word" ;;
    esac
  done
  echo "${kept# }" >"$TO/proc/cmdline"
else
  missed /proc/cmdline 'may not be read'
fi
copy_all "$SYS/kernel/mm/ksm"
if [ -d "$SYS/module/lowmemorykiller/parameters" ]; then copy_all "$SYS/module/lowmemorykiller/parameters"; fi
for areas in "$SYS/kernel/debug/cma" "$SYS/kernel/mm/cma"; do
  if [ ! -d "$areas" ]; then missed "${areas#"$ROOT"}" 'not there (root, debugfs, CONFIG_CMA_DEBUGFS or CONFIG_CMA_SYSFS)'; fi
  for area in "$areas"/*; do
    if [ -d "$area" ]; then copy_all "$area"; fi
  done
done
if [ $ANONYMOUS -eq 0 ]; then
  if [ -z "$ROOT" ]; then
    have dmesg && dmesg >"$WORK/dmesg" 2>/dev/null
  elif [ -r "$ROOT/dmesg" ]; then
    cat "$ROOT/dmesg" >"$WORK/dmesg"
  fi
  if [ -s "$WORK/dmesg" ]; then
    grep -i -e 'PFNs busy' -e alloc_contig_range -e '[^a-z]cma[^a-z]' -e 'Memory: [0-9]*[kK]/' "$WORK/dmesg" |
      limited $((FILE_KB * 1024)) >"$TO/dmesg.txt"
    [ -s "$TO/dmesg.txt" ] || rm -f "$TO/dmesg.txt"
  else
    missed dmesg 'may not be read'
  fi
  if [ -z "$ROOT" ] && have getprop; then
    getprop | grep -e '^\[ro\.product\.' -e '^\[ro\.build\.version\.' -e '^\[ro\.config\.low_ram' -e '^\[ro\.hardware\]' \
      -e '^\[ro\.board' -e '^\[dalvik\.vm\.heap' -e '^\[ro\.lmk\.' -e '^\[ro\.sys\.fw\.' >"$TO/getprop.txt"
  fi
fi

HZ=
if [ -r "$PROC/config.gz" ] && have gzip; then HZ=$(gzip -dc <"$PROC/config.gz" 2>/dev/null | sed -n 's/^CONFIG_HZ=//p'); fi
if [ -z "$HZ" ] && [ -z "$ROOT" ] && have uname && [ -r "/boot/config-$(uname -r)" ]; then
  HZ=$(sed -n 's/^CONFIG_HZ=//p' "/boot/config-$(uname -r)")
fi
CPUS=$(grep -c '^cpu[0-9]' "$PROC/stat" 2>/dev/null)
PAGE=
if have getconf; then PAGE=$(getconf PAGESIZE 2>/dev/null); fi
{
  echo 'cma-stress-capture 1'
  [ -z "$HZ" ] || echo "hz=$HZ"
  case "$CPUS" in '' | 0) ;; *) echo "cpus=$CPUS" ;; esac
  case "$PAGE" in '' | *[!0-9]*) ;; *) echo "page_size=$PAGE" ;; esac
  echo "trace_seconds=$SECONDS_OF_WINDOW"
} >"$TO/capture.txt"

# ---- processes -------------------------------------------------------------------------------------------------------

processes=0
refused=0
for directory in "$PROC"/[0-9]*; do
  pid=${directory##*/}
  case "$pid" in *[!0-9]*) continue ;; esac
  # Kernel threads have no memory of their own; the script and what it starts are not the device.
  [ "$pid" != $$ ] || continue
  grep -q '^VmSize' "$directory/status" 2>/dev/null || continue
  processes=$((processes + 1))
  if [ $processes -gt "$MOST_PROCESSES" ]; then
    say "more than $MOST_PROCESSES processes: the rest is left out (-n)"
    missed "${directory#"$ROOT"}" "more than $MOST_PROCESSES processes"
    break
  fi
  for file in status stat oom_score_adj; do copy "$directory/$file"; done
  for file in ksm_stat ksm_merging_pages; do
    if [ -r "$directory/$file" ]; then copy "$directory/$file"; fi
  done
  mine=$TO/proc/$pid
  mkdir -p "$mine"
  before=$refused
  if [ $ROLLUP -eq 1 ] && [ -e "$directory/smaps_rollup" ]; then
    copy "$directory/smaps_rollup" || refused=$((refused + 1))
  else
    copy "$directory/smaps" || refused=$((refused + 1))
    # Where smaps is refused maps may still be shown, and totals.
    if [ $refused -ne $before ]; then
      if [ -r "$directory/smaps_rollup" ]; then copy "$directory/smaps_rollup"; fi
      if [ -r "$directory/maps" ]; then copy "$directory/maps"; fi
    fi
  fi
  for file in smaps maps; do
    # Nothing to read is what a process looks like whose memory may not be seen, or that has just ended.
    if [ -f "$mine/$file" ] && [ ! -s "$mine/$file" ]; then rm -f "$mine/$file"; fi
  done
  # Of the command line the first word: the others may be anybody's secrets.
  word=
  if have tr && [ -r "$directory/cmdline" ]; then word=$(tr '\000' '\n' <"$directory/cmdline" 2>/dev/null | sed -n 1p | sed 's/ .*//'); fi
  if [ $ANONYMOUS -eq 0 ]; then
    [ -z "$word" ] || echo "$word" >"$mine/cmdline"
  else
    # What Android itself is called tells nobody anything, and says who forks whom.
    case "$word" in zygote | zygote64 | system_server) echo "$word" >"$mine/cmdline" ;; esac
    edited "$mine/status" sed -e "s/^Name:.*/Name:	p$pid/"
    edited "$mine/stat" sed -e "s/(.*)/(p$pid)/"
    edited "$mine/smaps" without_names
    edited "$mine/maps" without_names
  fi
done
say "$processes processes"
[ $refused -eq 0 ] || say "memory of $refused of them may not be read: run as root for it"

# ---- the window ------------------------------------------------------------------------------------------------------

# Counters of one moment, into the folder of that name.
sample() {
  for file in uptime vmstat meminfo; do copy "$PROC/$file" "$1"; done
  copy_all "$SYS/kernel/mm/ksm" "$1"
}

# Finds a buffer to trace in: TRACING is empty when there is none.
find_buffer() {
  for candidate in "$SYS/kernel/tracing" "$SYS/kernel/debug/tracing"; do
    if [ -d "$candidate/events" ] && [ -w "$candidate/tracing_on" ]; then
      TRACING=$candidate
      break
    fi
  done
  if [ -z "$TRACING" ]; then
    missed tracing 'not there, or not for this user: no events are recorded'
    say 'no tracing (root, CONFIG_FTRACE): counters only'
    return
  fi
  if [ -d "$TRACING/instances" ] && mkdir "$TRACING/instances/cma-stress" 2>/dev/null; then
    INSTANCE=$TRACING/instances/cma-stress
    if [ -d "$INSTANCE/events" ]; then
      TRACING=$INSTANCE
      return
    fi
    rmdir "$INSTANCE"
    INSTANCE=
  fi
  read -r tracer _ <"$TRACING/current_tracer"
  events=
  read -r events _ <"$TRACING/set_event"
  if [ $FORCE -eq 0 ] && { [ "$tracer" != nop ] || [ -n "$events" ]; }; then
    missed tracing "in use (tracer $tracer, events ${events:-none}): no events are recorded"
    say "tracing is in use (tracer $tracer, events ${events:-none}): counters only; -f traces all the same"
    TRACING=
  fi
}

EVENTS='sched/sched_process_fork sched/sched_process_exec sched/sched_process_exit task/task_newtask task/task_rename
  cma migrate ksm page_isolation oom lowmemorykiller compaction/mm_compaction_begin compaction/mm_compaction_end
  kmem/ion_alloc_buffer_start kmem/ion_alloc_buffer_end kmem/ion_alloc_buffer_fail kmem/alloc_pages_iommu_fail
  kmem/dma_alloc_contiguous_retry kmem/migrate_pages_start kmem/migrate_pages_end kmem/migrate_retry'

# set_up FILE VALUE: in an instance nothing needs to be put back.
set_up() {
  if [ -n "$INSTANCE" ]; then
    [ -w "$1" ] && echo "$2" >"$1" 2>/dev/null
  else
    setting "$1" "$2"
  fi
}

start_tracing() {
  set_up "$TRACING/tracing_on" 0
  echo >"$TRACING/trace"
  set_up "$TRACING/buffer_size_kb" "$BUFFER_KB"
  enabled=
  for event in $EVENTS; do
    for file in "$TRACING/events/$event/enable" "$TRACING/events/$event"/*/enable; do
      # Of a whole system its own events, each as it was; the switch of the system would not say that.
      case "$event" in
        */*) ;;
        *) [ "$file" != "$TRACING/events/$event/enable" ] || continue ;;
      esac
      if [ -e "$file" ] && set_up "$file" 1; then
        file=${file%/enable}
        enabled="$enabled ${file#"$TRACING"/events/}"
      fi
    done
  done
  say "tracing for $SECONDS_OF_WINDOW s:$enabled"
  echo "buffer_size_kb=$BUFFER_KB instance=${INSTANCE:+yes} events:$enabled" >"$TO/trace-settings.txt"
  set_up "$TRACING/tracing_on" 1
}

# The names of processes in a trace.
without_comms() {
  sed -e 's/^ *.*-\([0-9]\{1,\}\)\( *[([]\)/ p\1-\1\2/' -e 's/comm=[^=]* \([a-z_]*=\)/comm=x \1/g' -e 's/comm=[^=]*$/comm=x/' \
    -e 's/filename=[^ ]*/filename=x/'
}

if [ "$SECONDS_OF_WINDOW" -gt 0 ]; then
  find_buffer
  [ -z "$TRACING" ] || start_tracing
  sample before
  [ -n "$TRACING" ] || say "comparing counters for $SECONDS_OF_WINDOW s"
  # In the background, so that a signal does not have to wait for it.
  sleep "$SECONDS_OF_WINDOW" &
  SLEEPER=$!
  wait "$SLEEPER"
  SLEEPER=
  sample after
  if [ -n "$TRACING" ]; then
    echo 0 >"$TRACING/tracing_on"
    limited $((TRACE_MB * 1024 * 1024)) <"$TRACING/trace" >"$TO/trace.txt"
    [ $ANONYMOUS -eq 0 ] || edited "$TO/trace.txt" without_comms
    put_back
  fi
fi

# ---- the archive -----------------------------------------------------------------------------------------------------

if [ -s "$UNREADABLE" ]; then
  say "$(grep -c . "$UNREADABLE") files could not be read (unreadable.txt of the archive):"
  grep -v '^/proc/[0-9]' "$UNREADABLE" | sed 's/^/  /' >&2
else
  rm -f "$UNREADABLE"
fi
if ! have tar; then
  OUT=$OUT_DIRECTORY/$NAME
  mv "$TO" "$OUT" || die "cannot write $OUT"
  say "there is no tar: $OUT is a directory; take it as it is"
elif ! tar -C "$WORK" -cf "$WORK/archive" "$NAME"; then
  die 'tar failed: is the disk full?'
elif have gzip && gzip -c "$WORK/archive" >"$WORK/archive.gz"; then
  mv "$WORK/archive.gz" "$OUT" || die "cannot write $OUT"
else
  case "$OUT" in *.gz) OUT=${OUT%.gz} ;; esac
  mv "$WORK/archive" "$OUT" || die "cannot write $OUT"
  say 'there is no gzip: the archive is not packed'
fi
# adb reads as the shell user, not as root.
if [ -f "$OUT" ] && [ -z "$ROOT" ] && have getprop; then chmod 644 "$OUT"; fi
say "$OUT is written: cma-stress import ${OUT##*/} -o device.yaml"
