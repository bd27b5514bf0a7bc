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
    # Where others may write, and no sticky bit keeps them from renaming, they could put a file of theirs in its place.
    set -l open (command find "$temporary/." -prune \( -perm -20 -o -perm -2 \) ! -perm -1000 2>/dev/null)
    test -n "$open"; and set temporary /tmp
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

function __awsprof_stopped
    return 148
end

# Gives the answer to this very command line once more, which the program left in its cache with all that must hold for
# it; otherwise fails, and has changed nothing. Before 3.6, test compares no times.
function __awsprof_replay
    test (count $argv) -le 2; and test / -ef / 2>/dev/null; or return
    set -l key "$argv"
    test "$key" = 'use -'; and set key "use $AWSPROF_PREVIOUS"
    set -l folder $HOME/.cache/awsprof/1/fish
    test -n "$XDG_CACHE_HOME"; and set folder $XDG_CACHE_HOME/awsprof/1/fish
    set -l file $folder/(string replace -a : , -- $key)
    not string match -q '*/*' -- $key; and test -f "$file" -a ! -L "$file" -a -O "$file" -a -O "$folder"; or return
    set -l __awsprof_program (command -s awsprof)
    builtin read -l -d \t name code end <$file
    and test "$name" = "$key" -a "$end" = .
    and builtin eval $code
end

function awsprof --description 'Switch AWS profiles'
    __awsprof_replay $argv; and return
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
    # The status that stays where the program does not end: Ctrl-Z has stopped it.
    __awsprof_stopped
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

function awsprof_unload --description 'Take all of this file out of the running shell; the environment stays'
    complete --erase --command awsprof
    for name in use mfa off
        complete --erase --command aws$name --wraps "awsprof $name"
        functions --erase aws$name
    end
    set --erase --global __awsprof_table __awsprof_end __awsprof_soon
    functions --erase (functions --all --names | string match '__awsprof_*') awsprof awsprof_unload
end

# Completion. The names come from a list that the program keeps; while that is fresh, no process is started.

# Whether a file is as it was when its stamp was made: neither newer nor older, or missing now as then.
function __awsprof_same --argument-names file stamp
    if string match -q '*/-' -- $stamp
        not test -e $file
        return
    end
    test -e $stamp -a -e $file
    and not test $file -nt $stamp -o $file -ot $stamp
end

# Whether the list with this first line was made from the AWS files that are there now.
function __awsprof_fresh --argument-names root head
    set -l part (string split \t -- $head)
    set -l files $HOME/.aws/config $HOME/.aws/credentials
    test -n "$AWS_CONFIG_FILE"; and set files[1] $AWS_CONFIG_FILE
    test -n "$AWS_SHARED_CREDENTIALS_FILE"; and set files[2] $AWS_SHARED_CREDENTIALS_FILE
    # Before 3.6, test compares no times: the program does it then, at each Tab.
    test / -ef / 2>/dev/null
    and test (count $part) -eq 6
    and test "$part[1..3] $part[5]" = "awsprof 1 $files"
    and __awsprof_same $files[1] $root/at/$part[4]
    and __awsprof_same $files[2] $root/at/$part[6]
end

# The profiles, as lines of name TAB kind TAB description; of many, only those that hold the text, if any does.
function __awsprof_profiles --argument-names text
    set -l root $HOME/.cache/awsprof/1
    test -n "$XDG_CACHE_HOME"; and set root $XDG_CACHE_HOME/awsprof/1
    # What is quoted or escaped in the command line, fish alone can compare.
    set -l part (string match -r '^[\w:/@+-]+$' -- $text | string escape --style=regex)
    set -l lines
    set -l fresh no
    for try in 1 2
        # Matched while it is read: a list of 10,000 lines costs fish 40 ms.
        test -f $root/names -a -r $root/names
        and set lines (string match -ier -- "$part|^awsprof\t|^\.\$" <$root/names)
        test "$lines[-1]" = .; and __awsprof_fresh $root "$lines[1]"; and set fresh yes; and break
        test $try = 1; and command -q awsprof; and command awsprof cache </dev/null >/dev/null 2>&1
    end
    string match -r '^[^\t]+\t[^\t]*\t[^\t]*$' -- $lines
    or test -z "$part" -o $fresh = no
    or __awsprof_profiles ''
end

# What an argument of this kind can be, one a line, with a description after a TAB.
function __awsprof_values --argument-names kind domain text
    switch $kind
        case 'PROFILE*' SOURCE
            set -l name '[^\t]+'
            test $kind = SOURCE; and set name '[^\t:]+:(?:iam|mfa)'
            test -n "$domain"; and set domain (string escape --style=regex -- $domain:)
            test $kind = 'PROFILE|-'; and set -l active (string escape --style=regex -- "$AWS_PROFILE")
            __awsprof_profiles $text | string replace -rf "^(?!$active\t)$domain($name)\t[^\t]*" '$1'
        case 'DOMAIN|PROFILE'
            string match -q '*:*' -- $text; and __awsprof_values PROFILE '' $text
            __awsprof_profiles :mfa | string replace -rf '^([^\t:]+):mfa\t.*' '$1\tdomain'
        case DOMAIN PREFIX DOMAIN:NAME
            set -l colon (string match : -- (string sub -s 7 -l 1 -- $kind))
            __awsprof_profiles $text | string replace -rf '^([^\t:]+).*' "\$1$colon\tdomain"
        case FILE
            __fish_complete_path $text
        case '*'
            set -l line (string match -- "=$kind"\t'*' $__awsprof_table | string split \t)
            string split ' ' -- $line[2]
    end
end

# The kind of word that an option wants, as the table of commands says; nothing for one that wants none.
function __awsprof_wanted --argument-names command option
    set -l lines (string replace -rf "^(?:$command)?\t"(string escape --style=regex -- $option)= '' -- $__awsprof_table)
    string replace -r '\t.*' '' -- $lines
end

# What can stand where the cursor is, as the words before it and the table of commands say.
function __awsprof_complete
    set -l command
    set -l kind
    set -l domain
    set -l argument yes
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test -n "$kind"
            test $kind = DOMAIN; and set domain $word
            set kind
        else if string match -q -- '--domain=*' $word
            set domain (string replace -- --domain= '' $word)
        else if string match -q -- '-?*' $word
            set kind (__awsprof_wanted "$command" $word)
        else if string match -qr '^[a-z]+$' -- $word; and string match -qr "^$command\t$word\t" -- $__awsprof_table
            set command (string trim -- "$command $word")
        else
            set argument no
        end
    end
    set -l text (commandline -ct)
    set -l option (string match -r '^--[^=]+=' -- $text)
    if test -n "$option" -a -z "$kind"
        set kind (__awsprof_wanted "$command" (string replace = '' -- $option))
        set text (string replace -- $option '' $text)
    end
    if test -n "$kind"
        __awsprof_values $kind '' "$text" | string replace -r '^' -- "$option"
    else if string match -q -- '-*' $text
        string replace -rf "^(?:$command)?\t(-[^\t=]*)[^\t]*" '$1' -- $__awsprof_table
    else
        test $argument = yes; or return
        string replace -rf "^$command\t([a-z][^\t]*)" '$1' -- $__awsprof_table
        set kind (string replace -rf "^$command\t([A-Z][^\t]*)\t" '$1' -- $__awsprof_table)
        test -n "$kind"; and __awsprof_values $kind "$domain" $text
    end
end

# awsuse, awsmfa and awsoff wrap it. -k: in this order; -f: never files.
complete -c awsprof -f -k -a '(__awsprof_complete)'

# The end of the session that the active profile stands on, as the cache has it: local HH:MM or `expired` to
# __awsprof_end, and 1 to __awsprof_soon in its last 15 minutes; nothing where the AWS files are not those the cache was
# made from. With `export` AWS_SESSION_EXPIRATION of a switch is made true.
function __awsprof_session_end
    set -l root $HOME/.cache/awsprof/1
    test -n "$XDG_CACHE_HOME"; and set root $XDG_CACHE_HOME/awsprof/1
    set -g __awsprof_end
    set -g __awsprof_soon
    set -l stands (__awsprof_note $root stands "$AWS_PROFILE")
    and set -l line (__awsprof_note $root session "$stands[8]")
    and test "$line[1..6]" = "$stands[1..6]"
    and string match -qr '^[1-9]\d{0,11} [\dTZ:-]+ \d\d:\d\d \.$' -- "$line[8..]"
    and __awsprof_fresh $root (string join \t $line[1..6])
    or return 0
    set -g __awsprof_end $line[10]
    # fish has no clock, but 3.5 tells how long ago a file was modified: that of a session will be at its end.
    if set -l past (builtin path mtime -R -- $root/session/(string replace -a : , -- $line[7]) 2>/dev/null)
        test $past -ge 0; and set -g __awsprof_end expired
        test $past -ge -900; and set -g __awsprof_soon 1
    end
    test "$argv" = export -a -n "$AWSPROF_SAVED"; and set -gx AWS_SESSION_EXPIRATION $line[9]
    return 0
end

# The line that the cache has on a profile, field by field; fails where it is not whole.
function __awsprof_note --argument-names root kind name
    set -l file $root/$kind/(string replace -a : , -- $name)
    test -n "$name"; and not string match -q '*/*' -- $name; and test -f $file -a -r $file; or return 1
    builtin read -l -d \t -a line <$file; and test "$line[7]" = "$name"; and string join \n -- $line
end

# >>> generated from the commands of awsprof by `make completions` >>>
set -g __awsprof_table \
    '=SYNTAX	bash zsh fish pwsh sh	' \
    '=KIND	all iam mfa user role sso login process keys	' \
    '=REGION	af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2	' \
    '=SHELL	bash zsh fish pwsh	' \
    '	--help	Show help' \
    '	--version	Print the version' \
    '	--verbose	Tell what is done and why' \
    '	--debug	Show where an unexpected error arose' \
    '	--no-input	Never ask anything' \
    '	use	Make a profile active in this shell' \
    'use	PROFILE|-	' \
    'use	--domain=DOMAIN	Look in this domain' \
    'use	--region=REGION	The AWS region' \
    'use	--mfa	Renew the MFA session first, if it needs it' \
    'use	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead' \
    '	off	Take the switch back: this shell is as it was before it' \
    'off	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead' \
    '	mfa	Renew the MFA session behind a profile' \
    'mfa	DOMAIN|PROFILE	' \
    'mfa	--code=CODE|-	The code; - reads it from stdin' \
    'mfa	--force	Renew a session that still lasts, too' \
    'mfa	--duration=TIME	How long it shall last, 15m to 36h' \
    'mfa	--min-remaining=TIME	Renew where less is left (1h; 15m for --duration up to 1h)' \
    'mfa	--json	Print JSON' \
    '	status	Tell what this shell uses, and what contradicts it' \
    'status	--json	Print JSON' \
    '	whoami	Ask AWS who this is: account, ARN, user id' \
    'whoami	PROFILE	' \
    'whoami	--json	Print JSON' \
    '	list	List the profiles by domain, with the end of each session' \
    'list	DOMAIN	' \
    'list	--domain=DOMAIN	Look in this domain' \
    'list	--kind=KIND	One of all, iam, mfa, user, role, sso, login, process, keys' \
    'list	--names	Print sorted names only' \
    'list	--json	Print JSON' \
    '	domains	List the domains' \
    'domains	PREFIX	' \
    'domains	--json	Print JSON' \
    '	show	Show a profile\'s settings, and what it stands on; secrets masked' \
    'show	PROFILE	' \
    'show	--json	Print JSON' \
    '	init	Print the hook of a shell, or have it loaded' \
    'init	SHELL	' \
    'init	--install	Have the shell\'s start-up file load the hook' \
    'init	--uninstall	Take that out again' \
    'init	--dry-run	Show the change as a diff; write nothing' \
    '	current	Print the name of the active profile' \
    '	set	Set settings of a profile' \
    'set	PROFILE	' \
    'set	--force	Set a key that AWS tools do not know, too' \
    'set	--yes	Do not ask' \
    'set	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	unset	Remove settings of a profile' \
    'unset	PROFILE	' \
    'unset	--yes	Do not ask' \
    'unset	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	rename	Rename a profile, or a domain with all that names it' \
    'rename	PROFILE	' \
    'rename	--no-domain	Give it a name without a domain' \
    'rename	--yes	Do not ask' \
    'rename	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	remove	Remove profiles, or a whole domain' \
    'remove	PROFILE	' \
    'remove	--cascade	Remove what stands on them, too' \
    'remove	--yes	Do not ask' \
    'remove	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	rotate	Replace a domain\'s access key by a new one that AWS makes' \
    'rotate	DOMAIN	' \
    'rotate	--keep-old	Leave the old key active' \
    'rotate	--delete-old	Delete the old key once it is inactive' \
    'rotate	--yes	Do not ask' \
    'rotate	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	adopt	Make a domain of profiles that other tools wrote' \
    'adopt	PROFILE	' \
    'adopt	--domain=DOMAIN	What the new domain is called' \
    'adopt	--move	Rename in place, instead of adding beside' \
    'adopt	--yes	Do not ask' \
    'adopt	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	add	Add a user\'s keys, an MFA device or a role to the AWS files' \
    'add	iam	Add a user\'s access key' \
    'add iam	DOMAIN	' \
    'add iam	--csv=FILE	The access key as the console exported it' \
    'add iam	--user=NAME	Which user of the CSV file' \
    'add iam	--stdin	Read key id and secret from stdin, as two lines' \
    'add iam	--region=REGION	The AWS region' \
    'add iam	--force	Do not ask' \
    'add iam	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    'add	mfa	Add the user\'s MFA device' \
    'add mfa	DOMAIN	' \
    'add mfa	--device-arn=ARN	The device' \
    'add mfa	--force	Do not ask' \
    'add mfa	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    'add	role	Add a role' \
    'add role	DOMAIN:NAME	' \
    'add role	--role-arn=ARN	The role' \
    'add role	--source=SOURCE	Default: the domain\'s mfa, else iam profile' \
    'add role	--region=REGION	The AWS region' \
    'add role	--external-id=ID	What the role\'s trust policy asks for' \
    'add role	--session-name=NAME	How CloudTrail shall call the session' \
    'add role	--duration=TIME	How long the role\'s keys shall last' \
    'add role	--force	Do not ask' \
    'add role	--dry-run	Show the change as a diff, secrets masked; write nothing'
# <<< generated <<<
