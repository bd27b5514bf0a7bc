# awsprof hook for fish, protocol 1. Source it in ~/.config/fish/config.fish, or: awsprof init fish | source
# fish 3.1 or later.

# Makes the file through which the awsprof program hands over a change, and prints its path. In a folder of the user's
# own that needs no process; `>?` opens with O_EXCL: nothing that stands there is followed or emptied.
function __awsprof_open
    set -l cache $HOME/.cache
    set -q XDG_CACHE_HOME; and test -n "$XDG_CACHE_HOME"; and set cache $XDG_CACHE_HOME
    for folder in "$XDG_RUNTIME_DIR" $cache/awsprof
        if string match -q '/*' -- $folder; and test -d $folder -a -O $folder -a -w $folder
            set -l file $folder/awsprof.$fish_pid.(builtin random)(builtin random)(builtin random)
            if builtin true 2>/dev/null >?$file
                builtin echo $file
                return 0
            end
        end
    end
    set -l temporary /tmp
    set -q TMPDIR; and test -d "$TMPDIR" -a -w "$TMPDIR"; and set temporary $TMPDIR
    command mktemp $temporary/awsprof.XXXXXXXXXX
end

# Evaluates the file, if it still is the one that was made. `builtin source`: users have functions called source.
function __awsprof_apply --argument-names file
    if not test -f "$file"; or test -L "$file"; or not test -O "$file"
        builtin echo 'awsprof: the file of the change was tampered with; nothing was changed' >&2
        return 7
    end
    test -s "$file"; or return 0
    builtin source $file
end

function awsprof --description 'Switch AWS profiles'
    if not command -q awsprof
        builtin echo 'awsprof: there is no awsprof on PATH' >&2
        return 127
    end
    set -l file (__awsprof_open)
    or return 7
    # A program that dies of Ctrl-C, as Python does before it can catch it, makes fish break off this function: the
    # file is removed at the next prompt.
    function __awsprof_tidy --on-event fish_prompt --inherit-variable file
        functions --erase __awsprof_tidy
        command rm -f -- $file
    end
    AWSPROF_HOOK=1:fish AWSPROF_OUT=$file command awsprof $argv
    set -l rc $status
    if test $rc -eq 0
        __awsprof_apply $file
        set rc $status
    end
    functions --erase __awsprof_tidy
    if test -e $file -o -L $file
        command rm -f -- $file
    end
    return $rc
end

function awsuse --wraps 'awsprof use' --description 'Make an AWS profile active in this shell'
    awsprof use $argv
end

function awsmfa --wraps 'awsprof mfa' --description 'Renew the MFA session behind an AWS profile'
    awsprof mfa $argv
end

function awsoff --wraps 'awsprof off' --description 'Take the switch of the AWS profile back'
    awsprof off $argv
end
