# shellcheck shell=bash
# awsprof hook for zsh, protocol 1. Source it in ~/.zshrc, or: eval "$(awsprof init zsh)"
#
# Builtins are called as \builtin NAME, so that no alias or function of the user's takes their place; `emulate -L zsh`
# makes the user's options those of zsh for the length of a function.

\builtin unalias awsprof awsuse awsmfa awsoff 2>/dev/null || \builtin true

# Makes the file through which the awsprof program hands over a change; its path goes to __awsprof_out. In a folder of
# the user's own that needs no process. no_clobber opens with O_EXCL: nothing that stands there is followed or emptied.
function __awsprof_open() {
    \builtin emulate -L zsh
    \builtin setopt no_clobber
    \builtin local __awsprof_dir=''
    for __awsprof_dir in "${XDG_RUNTIME_DIR-}" "${XDG_CACHE_HOME:-${HOME-}/.cache}/awsprof"; do
        if [[ ${__awsprof_dir} == /* && -d ${__awsprof_dir} && -O ${__awsprof_dir} && -w ${__awsprof_dir} ]]; then
            __awsprof_out="${__awsprof_dir}/awsprof.$$.${RANDOM}${RANDOM}${RANDOM}"
            { \builtin : >"${__awsprof_out}"; } 2>/dev/null && \builtin return 0
        fi
    done
    __awsprof_out="$(\builtin command mktemp "${TMPDIR:-/tmp}/awsprof.XXXXXXXXXX" 2>/dev/null)" ||
        __awsprof_out="$(\builtin command mktemp /tmp/awsprof.XXXXXXXXXX)"
}

# Evaluates the file, if it still is the one that was made.
function __awsprof_apply() {
    \builtin emulate -L zsh
    if [[ ! -f ${__awsprof_out} || -L ${__awsprof_out} || ! -O ${__awsprof_out} ]]; then
        \builtin printf '%s\n' 'awsprof: the file of the change was tampered with; nothing was changed' >&2
        \builtin return 7
    fi
    if [[ ! -s ${__awsprof_out} ]]; then \builtin return 0; fi
    \builtin eval "$(<"${__awsprof_out}")"
}

# Calls the program. The subshell keeps the two variables to this call, and catches Ctrl-C: a program that dies of it,
# as Python does before it can catch it, would make an interactive zsh break off this function, the file left behind.
# emulate -L brings the user's options back at the end, xtrace too, which must not print what is evaluated.
function awsprof() {
    \builtin emulate -L zsh
    { \builtin setopt no_xtrace; } 2>/dev/null
    \builtin local __awsprof_out='' __awsprof_rc=0
    if ! \builtin whence -p awsprof >/dev/null; then
        \builtin printf '%s\n' 'awsprof: there is no awsprof on PATH' >&2
        \builtin return 127
    fi
    __awsprof_open || \builtin return 7
    (
        \builtin export AWSPROF_HOOK=1:zsh AWSPROF_OUT="${__awsprof_out}"
        \builtin trap : INT
        \builtin command awsprof "$@" || \builtin exit "$?"
    ) || __awsprof_rc=$?
    if [[ ${__awsprof_rc} -eq 0 ]]; then __awsprof_apply || __awsprof_rc=$?; fi
    if [[ -e ${__awsprof_out} || -L ${__awsprof_out} ]]; then (\builtin command rm -f -- "${__awsprof_out}") || \builtin :; fi
    \builtin return "${__awsprof_rc}"
}

# \awsprof: eval "$(...)" reads all of this file before the unalias above. 'use': a global alias could be called so.
function awsuse() {
    \awsprof 'use' "$@"
}

function awsmfa() {
    \awsprof 'mfa' "$@"
}

function awsoff() {
    \awsprof 'off' "$@"
}
