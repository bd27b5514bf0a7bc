# shellcheck shell=bash
# awsprof hook for zsh, protocol 1. Source it in ~/.zshrc, or: eval "$(awsprof init zsh)"
#
# Builtins are called as \builtin NAME, so that no alias or function of the user's takes their place; `emulate -L zsh`
# makes the user's options those of zsh for the length of a function.

\builtin unalias awsprof awsuse awsmfa awsoff awsprof_unload 2>/dev/null || \builtin true

# all_export would export the table, and csh_junkie_quotes knows no literal of several lines.
__awsprof_export='' __awsprof_junkie=''
if [[ -o all_export ]]; then __awsprof_export=1 && \builtin setopt no_all_export; fi
if [[ -o csh_junkie_quotes ]]; then __awsprof_junkie=1 && \builtin setopt no_csh_junkie_quotes; fi

# The folder of the cache goes to __awsprof_root. It fails unless the path is absolute, all of it belongs to the user, and
# no link leads from ~/.cache on: a folder that was cloned, or made by somebody else, is not the cache.
function __awsprof_cache() {
    \builtin local __awsprof_base="${XDG_CACHE_HOME:-${HOME-}/.cache}"
    __awsprof_root="${__awsprof_base}/awsprof/1"
    [[ ${__awsprof_root} == /* && -O ${__awsprof_base} && -O ${__awsprof_base}/awsprof && ! -L ${__awsprof_base}/awsprof ]] &&
        [[ ! -e ${__awsprof_root} || -O ${__awsprof_root} && ! -L ${__awsprof_root} ]]
}

# Makes the file through which the awsprof program hands over a change; its path goes to __awsprof_out. In a folder of
# the user's own that needs no process.
function __awsprof_open() {
    \builtin emulate -L zsh
    \builtin local __awsprof_dir="${XDG_RUNTIME_DIR-}" __awsprof_root=''
    if [[ ${__awsprof_dir} == /* && -d ${__awsprof_dir} && -O ${__awsprof_dir} && -w ${__awsprof_dir} ]] &&
        __awsprof_private "${__awsprof_dir}" && __awsprof_create "${__awsprof_dir}"; then
        \builtin return 0
    fi
    if __awsprof_cache && __awsprof_guarded "${__awsprof_root:h}" && __awsprof_create "${__awsprof_root:h}"; then
        \builtin return 0
    fi
    for __awsprof_dir in "${TMPDIR-}" /tmp; do
        if [[ ${__awsprof_dir} == /* ]] && __awsprof_private "${__awsprof_dir}" &&
            __awsprof_out="$(\builtin command mktemp "${__awsprof_dir}/awsprof.XXXXXXXXXX" 2>/dev/null)"; then
            \builtin return 0
        fi
    done
    \builtin printf '%s\n' 'awsprof: no folder that only you can write to; nothing was changed' \
        '  set XDG_RUNTIME_DIR to such a folder' >&2
    \builtin return 1
}

# Whether the folder $1 and each folder above it are guarded: else others could put a file of theirs in ours' place.
function __awsprof_private() {
    \builtin local __awsprof_dir=${1:A}
    while __awsprof_guarded "${__awsprof_dir}"; do
        if [[ ${__awsprof_dir} == / ]]; then \builtin return 0; fi
        __awsprof_dir=${__awsprof_dir:h}
    done
    \builtin return 1
}

# Whether the file or folder $1 belongs to the user or root, and only its owner can write to it or, if it is a folder,
# the sticky bit keeps others from renaming.
function __awsprof_guarded() {
    \builtin local -a __awsprof_found
    # Evaluated, as a hook loaded under sh_glob cannot spell it.
    \builtin eval '__awsprof_found=(${1}(Nu${EUID}f:go-w:,Nu0f:go-w:,Nu${EUID}/t,Nu0/t))'
    [[ ${#__awsprof_found} -eq 1 ]]
}

# Makes the file in the folder $1. O_EXCL: nothing that is already there is followed or emptied. sysopen gives it its
# mode whatever the umask; a zsh without that module forks for it.
function __awsprof_create() {
    \builtin local __awsprof_descriptor=''
    __awsprof_out="${1%/}/awsprof.$$.${RANDOM}${RANDOM}${RANDOM}"
    if \builtin zmodload -F zsh/system b:sysopen 2>/dev/null; then
        \builtin sysopen -w -m 600 -o creat,excl,nofollow -u __awsprof_descriptor -- "${__awsprof_out}" 2>/dev/null &&
            \builtin eval '\builtin exec {__awsprof_descriptor}>&-' # ignore_braces
    else
        (\builtin umask 077 && \builtin setopt no_clobber && \builtin : >"${__awsprof_out}") 2>/dev/null
    fi
}

# Reads the user's file $1 to __awsprof_code. The open file is looked at: another one may be put in its place meanwhile.
function __awsprof_slurp() {
    { [[ -f /dev/fd/0 && -O /dev/fd/0 ]] && __awsprof_code=$(</dev/fd/0) } <"$1" 2>/dev/null
}

# Evaluates the file, if it still is the one that was made; 7 where that fails.
function __awsprof_apply() {
    \builtin emulate -L zsh
    \builtin local __awsprof_code=''
    if [[ ! -f ${__awsprof_out} || -L ${__awsprof_out} || ! -O ${__awsprof_out} ]] ||
        ! __awsprof_guarded "${__awsprof_out}"; then
        \builtin printf '%s\n' 'awsprof: the file of the change was tampered with; nothing was changed' >&2
        \builtin return 7
    fi
    if [[ ! -s ${__awsprof_out} ]]; then \builtin return 0; fi
    __awsprof_slurp "${__awsprof_out}" && [[ -n ${__awsprof_code} ]] && \builtin eval "${__awsprof_code}" || \builtin return 7
}

# Says which of the variables are not as they were meant to be, NAME=VALUE or NAME for one that is not set, and returns
# 7; 0 if child processes see them all so.
function __awsprof_differs() {
    \builtin emulate -L zsh
    \builtin local __awsprof_word='' __awsprof_name='' __awsprof_text='' __awsprof_rc=0
    for __awsprof_word in "${(@u)@}"; do
        __awsprof_name=${__awsprof_word%%=*} __awsprof_text=''
        if [[ " ${__awsprof_front-} " == *" ${__awsprof_name} "* ]]; then
            __awsprof_text="${__awsprof_name} is assigned in front of the command or local to a calling function: zsh"
            __awsprof_text+=" restores it afterwards, and child processes do not see the switch"
        elif [[ ${__awsprof_word} != *=* ]]; then
            if [[ -n ${(P)__awsprof_name+x} ]]; then __awsprof_text="${__awsprof_name} is still set for child processes"; fi
        elif [[ ${(P)__awsprof_name-} != "${__awsprof_word#*=}" ]]; then
            __awsprof_text="child processes see ${__awsprof_name}=${(P)__awsprof_name-} instead of ${__awsprof_word#*=}"
        elif [[ ${(Pt)__awsprof_name} != *-export* ]]; then
            __awsprof_text="child processes do not see ${__awsprof_name}"
        elif [[ ${(Pt)__awsprof_name} == *-local* ]]; then
            __awsprof_text="${__awsprof_name} is local to a calling function: after it, child processes do not see"
            __awsprof_text+=" ${__awsprof_word#*=}"
        fi
        if [[ -n ${__awsprof_text} ]]; then
            \builtin printf 'awsprof: %s\n' "${__awsprof_text}" >&2 || \builtin :
            __awsprof_rc=7
        fi
    done
    if [[ ${__awsprof_rc} -ne 0 ]]; then
        \builtin printf '%s\n' '  the rest of the change is made; run it again outside that function, without assignments' >&2 ||
            \builtin :
    fi
    \builtin return "${__awsprof_rc}"
}

# The names of the variables that are assigned in front of this command, or of a function that calls it, go to
# __awsprof_front. zsh restores them when the command ends, and no parameter flag tells them from others, so the text of
# the calls is read: from the script, the -c string, the function, or the history.
function __awsprof_assigned() {
    \builtin local __awsprof_place='' __awsprof_text='' __awsprof_word='' __awsprof_names=''
    \builtin local -i __awsprof_i
    for ((__awsprof_i = 2; __awsprof_i <= ${#funcstack}; __awsprof_i++)); do
        case ${funcstack[__awsprof_i + 1]-} in
        awsuse | awsmfa | awsoff) \builtin continue ;;
        esac
        __awsprof_place=${functrace[__awsprof_i]}
        if [[ -n ${functions[${__awsprof_place%:*}]-} ]]; then
            __awsprof_text=${functions[${__awsprof_place%:*}]}
        elif [[ -f ${__awsprof_place%:*} && -r ${__awsprof_place%:*} ]]; then
            __awsprof_text=${"${(@f)$(<"${__awsprof_place%:*}")}"[${__awsprof_place##*:}]-}
        elif [[ -n ${ZSH_EXECUTION_STRING-} ]]; then
            __awsprof_text=${ZSH_EXECUTION_STRING}
        else
            __awsprof_text=${history[$HISTCMD]-}
        fi
        if [[ ${__awsprof_text} != *=* ]]; then \builtin continue; fi
        __awsprof_names=''
        for __awsprof_word in "${(@z)__awsprof_text}"; do
            if [[ ${__awsprof_word} == [A-Za-z_]*=* && ${__awsprof_word%%=*} != *[^A-Za-z0-9_]* ]]; then
                if __awsprof_holds "${__awsprof_word%%=*}" "${__awsprof_word#*=}"; then
                    __awsprof_names+=" ${__awsprof_word%%=*}"
                fi
                \builtin continue
            fi
            if [[ ${${(Q)__awsprof_word}#\\} == "${funcstack[__awsprof_i]}" ]]; then
                __awsprof_front+=${__awsprof_names}
            fi
            __awsprof_names=''
        done
    done
}

# Whether the variable $1 can have been assigned the word $2: it has that value, unless the word is expanded first.
function __awsprof_holds() {
    [[ -n ${(P)1+x} ]] && [[ $2 == *[\$\`]* || ${(P)1} == "${(Q)2}" ]]
}

# Replays the cached answer to `use NAME`, `use -` or `off`, which the program left with all that must hold for it; returns
# 7 if it was replayed and child processes see something else. Otherwise it fails, and has changed nothing. A user's
# aliases must not reach what is evaluated. `$(<file)` does not fork, and is faster than read.
function __awsprof_replay() {
    \builtin emulate -L zsh
    \builtin setopt no_aliases
    if [[ $#/$1 != 2/use && $#/$1 != 1/off ]]; then \builtin return 1; fi
    \builtin local __awsprof_key="${*}" __awsprof_file='' __awsprof_program='' __awsprof_kinds='' __awsprof_root=''
    \builtin local __awsprof_code=''
    \builtin local -a __awsprof_part
    if [[ ${__awsprof_key} == 'use -' ]]; then __awsprof_key="use ${AWSPROF_PREVIOUS-}"; fi
    if [[ ${__awsprof_key} == 'use -'* || ${__awsprof_key} == */* ]] || ! __awsprof_cache; then \builtin return 1; fi
    __awsprof_file="${__awsprof_root}/zsh/${__awsprof_key//:/,}"
    [[ -f ${__awsprof_file} && ! -L ${__awsprof_file} && -O ${__awsprof_file} ]] &&
        [[ ! -L ${__awsprof_root}/zsh && -O ${__awsprof_root}/zsh ]] || \builtin return 1
    __awsprof_slurp "${__awsprof_file}" || \builtin return 1
    __awsprof_part=("${(@ps:\t:)__awsprof_code}")
    [[ ${__awsprof_part[1]} == "${__awsprof_key}" && ${__awsprof_part[3]-} == . ]] || \builtin return 1
    for __awsprof_program in ${^path}/awsprof; do
        if [[ -f ${__awsprof_program} && -x ${__awsprof_program} ]]; then \builtin break; fi
    done
    \builtin eval "${__awsprof_part[2]}"
}

# Calls the program. The subshell keeps the two variables to this call, and catches Ctrl-C: a program that dies of it,
# as Python does before it can catch it, would make an interactive zsh break off this function, the file left behind.
# emulate -L brings the user's options back at the end, xtrace too, which must not print what is evaluated.
# After Ctrl-Z zsh breaks off the function, and a subshell runs the rest of it in the end: the file goes at once.
function awsprof() {
    \builtin emulate -L zsh
    { \builtin setopt no_xtrace; } 2>/dev/null
    \builtin local __awsprof_out='' __awsprof_rc=0 __awsprof_front='' __awsprof_name=''
    \builtin local -a __awsprof_local
    __awsprof_assigned
    __awsprof_replay "$@" || __awsprof_rc=$?
    if [[ ${__awsprof_rc} -eq 0 || ${__awsprof_rc} -eq 7 ]]; then \builtin return "${__awsprof_rc}"; fi
    __awsprof_rc=0
    if ! \builtin whence -p awsprof >/dev/null; then
        \builtin printf '%s\n' 'awsprof: there is no awsprof on PATH' >&2
        \builtin return 127
    fi
    __awsprof_open || \builtin return 7
    {
        (
            \builtin export AWSPROF_HOOK=1:zsh AWSPROF_OUT="${__awsprof_out}"
            \builtin trap : INT
            \builtin command awsprof "$@" || \builtin exit "$?"
        ) || \builtin return "$?" # after Ctrl-Z, an assignment here would make the status 1 instead of 148
        __awsprof_apply || __awsprof_rc=$?
    } always {
        if [[ -e ${__awsprof_out} || -L ${__awsprof_out} ]]; then
            (\builtin command rm -f -- "${__awsprof_out}") || \builtin :
        fi
    }
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

# Takes all of this file out of the running shell; the environment stays as it is.
function awsprof_unload() {
    \builtin emulate -L zsh
    if \builtin whence compdef >/dev/null; then \compdef -d awsprof awsuse awsmfa awsoff; fi
    precmd_functions=("${(@)precmd_functions:#__awsprof_register}")
    if [[ ${#precmd_functions} -eq 0 ]]; then \builtin unset precmd_functions; fi
    \builtin unset __awsprof_table __awsprof_end __awsprof_soon
    \builtin unset -fm '__awsprof_*'
    \builtin unset -f awsprof awsuse awsmfa awsoff awsprof_unload
}

# Completion. The names come from a list that the program keeps in its cache: no process while the list is fresh.
# The functions share the locals and the options of __awsprof_complete.

# Whether the file $1 is as it was when NS.SIZE.INODE was written down, or missing (-); never after `?`. The time is that
# of the stamp called NS; size and inode are compared if this zsh has zstat.
function __awsprof_same() {
    if [[ $2 == - ]]; then
        [[ ! -e $1 ]]
        \builtin return
    fi
    \builtin local __awsprof_stamp=${__awsprof_root}/at/${2%%.*}
    \builtin local -A __awsprof_is
    if \builtin zmodload -F zsh/stat b:zstat 2>/dev/null; then
        \builtin zstat -H __awsprof_is -- "$1" 2>/dev/null || \builtin return 1
        if [[ ${__awsprof_is[size]}.${__awsprof_is[inode]} != "${2#*.}" ]]; then \builtin return 1; fi
    fi
    [[ -e $1 && -e ${__awsprof_stamp} && ! $1 -nt ${__awsprof_stamp} && ! $1 -ot ${__awsprof_stamp} ]]
}

# Reads the list; fails where it is not whole, or not made from the AWS files as they are.
function __awsprof_read() {
    \builtin local __awsprof_root='' __awsprof_last=''
    \builtin local -a __awsprof_head
    __awsprof_lines=()
    __awsprof_cache && [[ -f ${__awsprof_root}/names && -O ${__awsprof_root}/names ]] &&
        [[ -r ${__awsprof_root}/names && ! -L ${__awsprof_root}/names ]] || \builtin return 1
    __awsprof_lines=("${(@f)$(<"${__awsprof_root}/names")}")
    __awsprof_head=("${(@ps:\t:)__awsprof_lines[1]}")
    __awsprof_last=${__awsprof_lines[-1]}
    __awsprof_lines[1]=()
    if [[ ${__awsprof_head[1]}/${__awsprof_head[2]} != awsprof/1 ]]; then
        __awsprof_lines=()
        \builtin return 1
    fi
    [[ ${__awsprof_last} == . && ${#__awsprof_head} -eq 6 &&
        ${__awsprof_head[3]} == "${AWS_CONFIG_FILE:-${HOME-}/.aws/config}" &&
        ${__awsprof_head[5]} == "${AWS_SHARED_CREDENTIALS_FILE:-${HOME-}/.aws/credentials}" ]] &&
        __awsprof_same "${__awsprof_head[3]}" "${__awsprof_head[4]}" &&
        __awsprof_same "${__awsprof_head[5]}" "${__awsprof_head[6]}"
}

# Calls the program once where the list is not fresh; in a substitution, so that no job takes the terminal.
function __awsprof_load() {
    if __awsprof_read; then \builtin return; fi
    if \builtin whence -p awsprof >/dev/null; then
        \builtin : "$(\builtin command awsprof cache </dev/null >/dev/null 2>&1)"
    fi
    __awsprof_read
}

# Which kind of value the option or setting $2 of the command $1 takes, to __awsprof_kind.
function __awsprof_takes() {
    __awsprof_kind=${${(M)__awsprof_rows:#$1$'\t'$2=*}#$1$'\t'$2=}
    __awsprof_kind=${__awsprof_kind%%$'\t'*}
}

# Reads the words before the last: the command, --domain, how many arguments it has, the kind of value that is due.
function __awsprof_parse() {
    \builtin local __awsprof_word=''
    case ${service} in
    awsuse | awsmfa | awsoff) __awsprof_command=${service#aws} ;;
    esac
    __awsprof_before=("${(@Q)words[2,CURRENT-1]}")
    for __awsprof_word in "${(@)__awsprof_before}"; do
        if [[ -n ${__awsprof_kind} ]]; then
            if [[ ${__awsprof_kind} == DOMAIN ]]; then __awsprof_domain=${__awsprof_word%:}:; fi
            __awsprof_kind=''
        elif [[ ${__awsprof_word} == --*=* ]]; then
            __awsprof_takes "${__awsprof_command}" "${__awsprof_word%%=*}"
            if [[ ${__awsprof_kind} == DOMAIN ]]; then __awsprof_domain=${${__awsprof_word#*=}%:}:; fi
            __awsprof_kind=''
        elif [[ ${__awsprof_word} == -?* ]]; then
            __awsprof_takes "${__awsprof_command}" "${__awsprof_word}"
        elif [[ ${__awsprof_arguments} -eq 0 && -n ${(M)__awsprof_rows:#${__awsprof_command}$'\t'${__awsprof_word}$'\t'*} ]]; then
            __awsprof_command+=${__awsprof_command:+ }${__awsprof_word}
        else
            __awsprof_arguments=$((__awsprof_arguments + 1))
        fi
    done
}

# Offers the first fields of the lines in __awsprof_found, the last ones as descriptions; $@ goes to compadd. That is
# not called as a builtin: plugins put a function in its place. -d takes text as it is, where _describe would not.
function __awsprof_show() {
    \builtin local __awsprof_width=0 __awsprof_name='' MATCH='' MBEGIN='' MEND=''
    \builtin local -a __awsprof_names __awsprof_texts match mbegin mend
    __awsprof_names=("${(@)__awsprof_found%%$'\t'*}")
    for __awsprof_name in "${(@)__awsprof_names}"; do
        if [[ ${#__awsprof_name} -gt ${__awsprof_width} ]]; then __awsprof_width=${#__awsprof_name}; fi
    done
    __awsprof_texts=("${(@)__awsprof_found/(#b)([^$'\t']#)*$'\t'(*)/${(mr:__awsprof_width:)match[1]}  -- ${match[2]}}")
    \compadd "$@" -l -d __awsprof_texts -a __awsprof_names
}

# The lines of the profiles that begin with $2 and fit an argument of the kind $1 go to __awsprof_found.
function __awsprof_find() {
    \builtin local __awsprof_word=''
    __awsprof_found=("${(@M)__awsprof_lines:#$2*$'\t'*$'\t'*}")
    case $1 in
    PROFILE\|-) __awsprof_found=("${(@)__awsprof_found:#${AWS_PROFILE-}$'\t'*}") ;;
    SOURCE) __awsprof_found=("${(@M)__awsprof_found:#[^$'\t']#$'\t'(iam|mfa)(| mfa)$'\t'*}") ;;
    MFA) __awsprof_found=("${(@M)__awsprof_found:#[^$'\t']#$'\t'(|* )mfa$'\t'*}") ;;
    DOMAIN\|PROFILE) __awsprof_found=("${(@M)__awsprof_found:#[^$'\t':]##:mfa$'\t'*}") ;;
    IAM) __awsprof_found=("${(@M)__awsprof_found:#[^$'\t':]##:iam$'\t'*}") ;;
    DOMAIN* | PREFIX) __awsprof_found=("${(@M)__awsprof_found:#[^$'\t':]##:*}") ;;
    esac
    if [[ -z ${__awsprof_repeated} ]]; then \builtin return; fi
    for __awsprof_word in "${(@)__awsprof_before}"; do
        __awsprof_found=("${(@)__awsprof_found:#${__awsprof_word}$'\t'*}")
    done
}

# Offers profiles or domains to an argument of the kind $1: those that begin with what was typed. If none does, those of
# the active profile's domain whose name does, as the program resolves it; else all are handed over for the user's own
# matchers, and profiles that contain it are taken.
function __awsprof_profiles() {
    \builtin local __awsprof_typed=${(Q)${:-${compstate[quote]}${PREFIX}${compstate[quote]}}} __awsprof_kind=$1
    \builtin local -a __awsprof_matcher __awsprof_domains
    if [[ $1 == DOMAIN\|PROFILE && ${__awsprof_typed} == *:* ]]; then __awsprof_kind=MFA; fi
    __awsprof_find "${__awsprof_kind}" "${__awsprof_domain}${__awsprof_typed}"
    if [[ ${__awsprof_kind}/${__awsprof_found} == DOMAIN\|PROFILE/ ]]; then
        __awsprof_find MFA "${__awsprof_typed}"
        if [[ -n ${__awsprof_found} ]]; then __awsprof_kind=MFA; fi
    fi
    if [[ -z ${__awsprof_found} ]]; then
        __awsprof_matcher=(-M 'l:|=* r:|=*')
        if [[ ${__awsprof_kind}/${AWS_PROFILE-}/${__awsprof_domain} == PROFILE*/*:*/ && ${__awsprof_typed} == [^:]## ]]; then
            __awsprof_find "${__awsprof_kind}" "${AWS_PROFILE%%:*}:${__awsprof_typed}"
        fi
        if [[ -z ${__awsprof_found} ]]; then __awsprof_find "${__awsprof_kind}" "${__awsprof_domain}"; fi
    fi
    if [[ -z ${__awsprof_found} ]]; then \builtin return; fi
    case ${__awsprof_kind} in
    DOMAIN* | PREFIX | IAM)
        __awsprof_domains=("${(@u)${(@)__awsprof_found%%$'\t'*}%%:*}")
        if [[ $1 == DOMAIN:NAME ]]; then __awsprof_matcher=(-S :); else __awsprof_matcher=(); fi
        \compadd "${__awsprof_matcher[@]}" -d __awsprof_domains -a __awsprof_domains
        ;;
    *)
        __awsprof_found=("${(@)__awsprof_found#${__awsprof_domain}}")
        __awsprof_show "${__awsprof_matcher[@]}"
        ;;
    esac
}

# Offers the names of settings that are not there already: with $1 after them, unless it is a secret.
function __awsprof_settings() {
    \builtin local __awsprof_word=''
    \builtin local -a __awsprof_secrets
    __awsprof_found=("${(@)${(@)${(@M)__awsprof_rows:#=set$'\t'*}#*$'\t'}%$'\t'}")
    for __awsprof_word in "${(@)__awsprof_before}"; do
        __awsprof_found=("${(@)__awsprof_found:#${__awsprof_word%%=*}(|=*)}")
    done
    __awsprof_secrets=("${(@)__awsprof_found:#*=*}")
    __awsprof_found=("${(@)${(@M)__awsprof_found:#*=*}%%=*}")
    \compadd -a __awsprof_secrets
    if [[ -n $1 ]]; then
        \compadd -Q -S '' -- "${(@)^__awsprof_found}$1"
    else
        \compadd -a __awsprof_found
    fi
}

# Offers the values of the kind $1, or the words in it.
function __awsprof_values() {
    case $1 in
    FILE)
        \builtin setopt "${_comp_options[@]}"
        \_files
        ;;
    KEY=VALUE) __awsprof_settings '=' ;;
    KEY) __awsprof_settings '' ;;
    *\ *) \compadd -- ${(s: :)1} ;;
    *PROFILE* | DOMAIN* | PREFIX | IAM | SOURCE)
        __awsprof_load
        __awsprof_profiles "$1"
        ;;
    *) \compadd -- ${(s: :)${${(M)__awsprof_rows:#=$1$'\t'*}#*$'\t'}%$'\t'} ;;
    esac
}

# Offers the value of the option or setting NAME=VALUE that is typed, if the command $1 has it.
function __awsprof_offer_value() {
    __awsprof_takes "$1" "${PREFIX%%=*}"
    \compset -P 1 '*='
    __awsprof_repeated=''
    if [[ -n ${__awsprof_kind} ]]; then __awsprof_values "${__awsprof_kind}"; fi
}

# Whether the option $1 is among the words.
function __awsprof_given() {
    [[ -n $1 && -n ${__awsprof_before[(r)$1(|=*)]} ]]
}

# Offers the options of the command that are not there already, nor excluded by one that is.
function __awsprof_options() {
    \builtin local __awsprof_row='' __awsprof_word='' __awsprof_other=''
    for __awsprof_row in "${(@M)__awsprof_rows:#(${__awsprof_command}|)$'\t'-*}"; do
        __awsprof_row=${__awsprof_row#*$'\t'}
        __awsprof_word=${${__awsprof_row%%$'\t'*}%%=*}
        __awsprof_other=${${${(M)__awsprof_rows:#=not$'\t'${__awsprof_word} *}##* }%$'\t'}
        if ! __awsprof_given "${__awsprof_word}" && ! __awsprof_given "${__awsprof_other}"; then
            __awsprof_found+=("${__awsprof_word}"$'\t'"${__awsprof_row#*$'\t'}")
        fi
    done
    __awsprof_show
}

# Offers the argument of the command that is due, the last one again if it can be repeated.
function __awsprof_argument() {
    \builtin local __awsprof_row=''
    \builtin local -a __awsprof_kinds
    __awsprof_kinds=("${(@)${(@M)__awsprof_rows:#${__awsprof_command}$'\t'[[:upper:]]*}#*$'\t'}")
    __awsprof_row=${__awsprof_kinds[__awsprof_arguments + 1]-}
    if [[ -z ${__awsprof_row} ]]; then __awsprof_row=${(M)__awsprof_kinds[-1]:#*...$'\t'}; fi
    __awsprof_row=${__awsprof_row%$'\t'}
    if [[ ${__awsprof_row} == *... ]]; then __awsprof_repeated=1; fi
    if [[ ${__awsprof_row}/${PREFIX} == KEY=VALUE.../*=* ]]; then
        __awsprof_offer_value '=set'
    elif [[ -n ${__awsprof_row} ]]; then
        __awsprof_values "${__awsprof_row%...}"
    fi
}

function __awsprof_complete() {
    \builtin emulate -L zsh
    \builtin setopt extended_glob
    \builtin local __awsprof_command='' __awsprof_kind='' __awsprof_domain='' __awsprof_repeated=''
    \builtin local __awsprof_arguments=0
    \builtin local -a __awsprof_rows __awsprof_lines __awsprof_found __awsprof_before
    __awsprof_rows=("${(@f)__awsprof_table}")
    __awsprof_parse
    if [[ -n ${__awsprof_kind} ]]; then
        __awsprof_values "${__awsprof_kind}"
    elif [[ ${PREFIX} == --*=* ]]; then
        __awsprof_offer_value "${__awsprof_command}"
    elif [[ ${PREFIX} == -* ]]; then
        __awsprof_options
    else
        if [[ ${__awsprof_arguments} -eq 0 ]]; then
            __awsprof_found=("${(@)${(@M)__awsprof_rows:#${__awsprof_command}$'\t'[[:lower:]]*}#*$'\t'}")
            if [[ -n ${__awsprof_found} ]]; then __awsprof_show; fi
        fi
        __awsprof_argument
    fi
    [[ ${compstate[nmatches]-0} -gt 0 ]] # else the user's next completer has its turn
}

# At the first prompt that has compdef: compinit may come after this file, and forgets what was registered before it.
function __awsprof_register() {
    \builtin emulate -L zsh
    if \builtin whence compdef >/dev/null; then
        compdef __awsprof_complete awsprof awsuse awsmfa awsoff
        precmd_functions=("${(@)precmd_functions:#__awsprof_register}")
    fi
}
\builtin typeset -ga precmd_functions
precmd_functions+=(__awsprof_register)

# The end of the session that the active profile stands on, as the cache has it: local HH:MM or `expired` to
# __awsprof_end, and 1 to __awsprof_soon in its last 15 minutes; nothing where the AWS files are not those the cache was
# made from. With `export` AWS_SESSION_EXPIRATION of a switch is made true. $? stays what it was.
function __awsprof_session_end() {
    \builtin local __awsprof_rc=$?
    \builtin emulate -L zsh
    \builtin setopt no_aliases
    \builtin local __awsprof_root='' __awsprof_now="${(%):-%D{%s\}}"
    \builtin local __awsprof_config=${AWS_CONFIG_FILE:-${HOME-}/.aws/config}
    \builtin local __awsprof_credentials=${AWS_SHARED_CREDENTIALS_FILE:-${HOME-}/.aws/credentials}
    \builtin local -a __awsprof_line __awsprof_stands
    \builtin typeset -g __awsprof_end='' __awsprof_soon=''
    if __awsprof_cache && __awsprof_note stands "${AWS_PROFILE-}" && __awsprof_stands=("${__awsprof_line[@]}") &&
        __awsprof_note session "${__awsprof_stands[8]}" &&
        [[ ${(pj:\t:)__awsprof_line[1,6]} == "${(pj:\t:)__awsprof_stands[1,6]}" ]] &&
        [[ "${(pj:\t:)__awsprof_line[8,-1]}" =~ $'^[1-9][0-9]{0,11}\t[0-9TZ:-]+\t[0-9][0-9]:[0-9][0-9]\t\\.$' ]] &&
        [[ ${__awsprof_line[3]} == "${__awsprof_config}" && ${__awsprof_line[5]} == "${__awsprof_credentials}" ]] &&
        __awsprof_same "${__awsprof_config}" "${__awsprof_line[4]}" &&
        __awsprof_same "${__awsprof_credentials}" "${__awsprof_line[6]}"; then
        __awsprof_end=${__awsprof_line[10]}
        if [[ ${__awsprof_now} -ge ${__awsprof_line[8]} ]]; then __awsprof_end='expired'; fi
        if [[ ${__awsprof_now} -ge $((__awsprof_line[8] - 900)) ]]; then __awsprof_soon=1; fi
        if [[ ${1-} == export && -n ${AWSPROF_SAVED-} ]]; then
            \builtin export AWS_SESSION_EXPIRATION="${__awsprof_line[9]}"
        fi
    fi
    \builtin return "${__awsprof_rc}"
}

# Reads the line that the cache has on the profile $2; fails where it is not whole.
function __awsprof_note() {
    \builtin local __awsprof_file="${__awsprof_root}/$1/${2//:/,}"
    [[ -n $2 && $2 != */* && -f ${__awsprof_file} && -O ${__awsprof_file} && -r ${__awsprof_file} ]] || \builtin return 1
    __awsprof_line=("${(@ps:\t:)$(<"${__awsprof_file}")}")
    [[ ${__awsprof_line[7]} == "$2" ]]
}

# >>> generated from the commands of awsprof by `make completions` >>>
__awsprof_table='=SYNTAX	bash zsh fish pwsh sh	
=KIND	all iam mfa user role sso login process keys	
=REGION	af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2	
=SHELL	bash zsh fish pwsh	
=not	--renew --no-renew	
=not	--no-renew --renew	
=not	--install --uninstall	
=not	--uninstall --install	
=not	--keep-old --delete-old	
=not	--delete-old --keep-old	
=not	--session-name --no-session-name	
=not	--no-session-name --session-name	
=not	--csv --stdin	
=not	--stdin --csv	
=set	aws_access_key_id=	
=set	aws_secret_access_key	
=set	aws_session_token	
=set	aws_security_token	
=set	aws_account_id=	
=set	expiration=	
=set	role_arn=	
=set	source_profile=PROFILE	
=set	credential_source=Environment Ec2InstanceMetadata EcsContainer	
=set	credential_process=	
=set	web_identity_token_file=	
=set	external_id=	
=set	mfa_serial=	
=set	mfa_device_arn=	
=set	role_session_name=	
=set	duration_seconds=	
=set	sso_session=	
=set	sso_start_url=	
=set	sso_region=REGION	
=set	sso_account_id=	
=set	sso_role_name=	
=set	sso_registration_scopes=	
=set	login_session=	
=set	region=REGION	
=set	endpoint_url=	
=set	services=	
=set	ignore_configured_endpoint_urls=true false	
=set	use_dualstack_endpoint=true false	
=set	use_fips_endpoint=true false	
=set	sts_regional_endpoints=regional legacy	
=set	account_id_endpoint_mode=preferred disabled required	
=set	endpoint_discovery_enabled=true false auto	
=set	disable_host_prefix_injection=true false	
=set	sigv4a_signing_region_set=	
=set	auth_scheme_preference=	
=set	ca_bundle=	
=set	tcp_keepalive=true false	
=set	max_attempts=	
=set	retry_mode=legacy standard adaptive	
=set	defaults_mode=legacy standard in-region cross-region mobile auto	
=set	parameter_validation=true false	
=set	request_checksum_calculation=when_supported when_required	
=set	response_checksum_validation=when_supported when_required	
=set	disable_request_compression=true false	
=set	request_min_compression_size_bytes=	
=set	sdk_ua_app_id=	
=set	data_path=	
=set	metadata_service_timeout=	
=set	metadata_service_num_attempts=	
=set	ec2_metadata_service_endpoint=	
=set	ec2_metadata_service_endpoint_mode=ipv4 ipv6	
=set	ec2_metadata_v1_disabled=true false	
=set	imds_use_ipv6=true false	
=set	csm_enabled=true false	
=set	csm_client_id=	
=set	csm_host=	
=set	csm_port=	
=set	s3_use_arn_region=true false	
=set	s3_us_east_1_regional_endpoint=regional legacy	
=set	s3_disable_multiregion_access_points=true false	
=set	s3_disable_express_session_auth=true false	
=set	output=json yaml yaml-stream text table off	
=set	cli_pager=	
=set	cli_auto_prompt=on on-partial off	
=set	cli_binary_format=base64 raw-in-base64-out	
=set	cli_follow_urlparam=true false	
=set	cli_history=enabled disabled	
=set	cli_timestamp_format=iso8601 wire none	
=set	cli_error_format=	
=set	awsprof_user=	
=set	include_profile=PROFILE	
=set	mfa_process=	
=set	role_duration=	
=set	s3.addressing_style=path virtual auto	
=set	s3.max_bandwidth=	
=set	s3.max_concurrent_requests=	
=set	s3.max_queue_size=	
=set	s3.multipart_chunksize=	
=set	s3.multipart_threshold=	
=set	s3.io_chunksize=	
=set	s3.payload_signing_enabled=true false	
=set	s3.preferred_transfer_client=auto classic crt	
=set	s3.target_bandwidth=	
=set	s3.use_accelerate_endpoint=true false	
=set	s3.use_dualstack_endpoint=true false	
=set	s3.use_arn_region=true false	
=set	s3.us_east_1_regional_endpoint=regional legacy	
=set	s3.s3_disable_multiregion_access_points=true false	
	--help	Show help
	--version	Print the version
	--verbose	Tell what is done and why
	--debug	Show where an unexpected error arose
	--no-input	Never ask anything
	use	Make a profile active in this shell
use	PROFILE|-	
use	--domain=DOMAIN	Look in this domain
use	--region=REGION	The AWS region
use	--renew	Renew the session first; if that fails, do not switch
use	--no-renew	Do not ask for a renewal
use	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead
	off	Take the switch back: this shell is as it was before it
off	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead
	mfa	Renew the MFA session behind a profile
mfa	DOMAIN|PROFILE	
mfa	--code=CODE|-	The code; - reads it from stdin
mfa	--force	Renew even if the session is still valid
mfa	--duration=TIME	Session duration, 15m to 36h
mfa	--min-remaining=TIME	Renew if less is left (1h; 15m for --duration up to 1h)
mfa	--json	Print JSON
	status	Tell what this shell uses, and what contradicts it
status	--json	Print JSON
	whoami	Ask AWS who this is: account, ARN, user id
whoami	PROFILE	
whoami	--json	Print JSON
	list	List the profiles by domain, with the end of each session
list	DOMAIN	
list	--domain=DOMAIN	Look in this domain
list	--kind=KIND	One of all, iam, mfa, user, role, sso, login, process, keys
list	--names	Print sorted names only
list	--json	Print JSON
	domains	List the domains
domains	PREFIX	
domains	--json	Print JSON
	show	Show a profile'\''s settings, and what it stands on; secrets masked
show	PROFILE	
show	--json	Print JSON
	init	Print the hook of a shell, or have it loaded
init	SHELL	
init	--install	Have the shell'\''s start-up file load the hook
init	--uninstall	Take that out again
init	--dry-run	Show the change as a diff; write nothing
	current	Print the name of the active profile
	set	Set settings of a profile
set	PROFILE	
set	KEY=VALUE...	
set	--force	Skip the checks that are stricter than AWS
set	--yes	Do not ask
set	--dry-run	Show the change as a diff, secrets masked; write nothing
	unset	Remove settings of a profile
unset	PROFILE	
unset	KEY...	
unset	--yes	Do not ask
unset	--dry-run	Show the change as a diff, secrets masked; write nothing
	rename	Rename a profile, or a domain with all that names it
rename	PROFILE	
rename	NEW	
rename	--no-domain	Give it a name without a domain
rename	--yes	Do not ask
rename	--dry-run	Show the change as a diff, secrets masked; write nothing
	remove	Remove profiles, or a whole domain
remove	PROFILE...	
remove	--cascade	Remove what stands on them, too
remove	--yes	Do not ask
remove	--dry-run	Show the change as a diff, secrets masked; write nothing
	rotate	Replace a domain'\''s access key by a new one that AWS makes
rotate	IAM	
rotate	--keep-old	Leave the old key active
rotate	--delete-old	Delete the old key once it is inactive
rotate	--allow-endpoint=HOST[:PORT]	Accept this host in place of AWS
rotate	--yes	Do not ask
rotate	--dry-run	Show the change as a diff, secrets masked; write nothing
	adopt	Turn profiles written by other tools into a domain
adopt	PROFILE	
adopt	--domain=NEW	What the new domain is called
adopt	--move	Rename in place, instead of adding beside
adopt	--session-name=NAME	Session name shown in CloudTrail
adopt	--no-session-name	Leave role_session_name out
adopt	--yes	Do not ask
adopt	--force	Keep durations of more than 1h that AWS refuses
adopt	--dry-run	Show the change as a diff, secrets masked; write nothing
	add	Add a user'\''s keys, an MFA device or a role to the AWS files
add	iam	Add a user'\''s access key
add iam	DOMAIN	
add iam	--csv=FILE	The access key as the console exported it
add iam	--user=NAME	Which user of the CSV file
add iam	--stdin	Read key id and secret from stdin, as two lines
add iam	--region=REGION	The AWS region
add iam	--yes	Do not ask
add iam	--force	Skip the checks that are stricter than AWS
add iam	--dry-run	Show the change as a diff, secrets masked; write nothing
add	mfa	Add the user'\''s MFA device
add mfa	IAM	
add mfa	--device-arn=ARN	The device, or a hardware token'\''s serial number
add mfa	--yes	Do not ask
add mfa	--force	Skip the checks that are stricter than AWS
add mfa	--dry-run	Show the change as a diff, secrets masked; write nothing
add	role	Add a role
add role	DOMAIN:NAME	
add role	--role-arn=ARN	The role
add role	--source=SOURCE	Default: the domain'\''s mfa, else iam profile
add role	--region=REGION	The AWS region
add role	--external-id=ID	What the role'\''s trust policy asks for
add role	--session-name=NAME	Session name shown in CloudTrail
add role	--no-session-name	Leave role_session_name out
add role	--duration=TIME	How long the role'\''s keys last; more than 1h only if the role depends on the iam profile itself
add role	--yes	Do not ask
add role	--force	Skip the checks that are stricter than AWS
add role	--dry-run	Show the change as a diff, secrets masked; write nothing'
# <<< generated <<<
if [[ -n ${__awsprof_export} ]]; then \builtin setopt all_export; fi
if [[ -n ${__awsprof_junkie} ]]; then \builtin setopt csh_junkie_quotes; fi
\builtin unset __awsprof_export __awsprof_junkie
