# awsprof hook for fish, protocol 1. Source it in ~/.config/fish/config.fish, or: awsprof init fish | source
# fish 3.1 or later.

# Prints the folder of the cache. It fails unless the path is absolute, all of it belongs to the user, and no link leads
# from ~/.cache on: a folder that was cloned, or made by somebody else, is not the cache.
function __awsprof_cache
    set -l base $HOME/.cache
    test -n "$XDG_CACHE_HOME"; and set base $XDG_CACHE_HOME
    set -l root $base/awsprof/1
    string match -q '/*' -- $base; and test -O $base -a -O $base/awsprof -a ! -L $base/awsprof
    and begin
        not test -e $root; or test -O $root -a ! -L $root
    end
    and builtin echo $root
end

# Makes the file through which the awsprof program hands over a change, and prints its path. In a folder of the user's
# own that needs no process. fish cannot see who may write to a folder: /run/user/UID is made by the system for this user
# alone, the program refuses to use a cache that others can write to, and elsewhere `ls` looks:
# small containers have no `find`.
function __awsprof_open
    set -l folder "$XDG_RUNTIME_DIR"
    if string match -q '/*' -- $folder; and test -d $folder -a -O $folder -a -w $folder
        string match -qr "^/run/user/$EUID/?\$" -- $folder; or __awsprof_private $folder
        and __awsprof_create $folder; and return
    end
    # fish warns of a file that it cannot make, so what can be seen is looked at first.
    set folder (string replace -r '/1$' '' -- (__awsprof_cache)); and test -d $folder -a -w $folder
    and __awsprof_create $folder; and return
    for folder in "$TMPDIR" /tmp
        string match -q '/*' -- $folder; and __awsprof_private $folder
        and command mktemp $folder/awsprof.XXXXXXXXXX 2>/dev/null; and return
    end
    builtin echo 'awsprof: no folder that only you can write to; nothing was changed' >&2
    builtin echo '  set XDG_RUNTIME_DIR to such a folder' >&2
    return 1
end

# Whether a folder and each folder above it belong to the user or root, and only their owner can write to them or the
# sticky bit keeps others from renaming: else they could put a file of theirs in the place of ours.
function __awsprof_private --argument-names folder
    set -l path (builtin realpath -- $folder 2>/dev/null); or return
    set -l folders /.
    # Not '/?*': in fish 4, `?` matches only itself.
    while string match -qr '^/.' -- $path
        set -a folders $path/.
        set path (string replace -r '/[^/]*$' '' -- $path)
    end
    # fish 3.1 has no $EUID: only root's folders count then.
    set -l user $EUID
    test -n "$user"; or set user 0
    command -q ls
    and set -l lines (command ls -dn $folders 2>/dev/null)
    and not string match -qrv "^d(.{4}[^w].{2}[^w]|.{8}[tT])[^ ]* +[0-9]+ +(0|$user) " -- $lines
end

# Makes the file in a folder, and prints its path. `>?` opens with O_EXCL: nothing that is already there is followed or
# emptied.
function __awsprof_create --argument-names folder
    set -l file $folder/awsprof.$fish_pid.(builtin random)(builtin random)(builtin random)
    set -l mask $umask
    set umask 0077
    builtin true 2>/dev/null >?$file
    set -l made $status
    set umask $mask
    test $made -eq 0; and builtin echo $file
end

# Evaluates the file, if it still is the one that was made. `builtin source`: users have functions called source. Like
# the others with this option, it sees the local variables of the function that calls awsprof, as child processes do.
function __awsprof_apply --no-scope-shadowing --argument-names __awsprof_file
    if not test -f "$__awsprof_file"; or test -L "$__awsprof_file"; or not test -O "$__awsprof_file"
        builtin echo 'awsprof: the file of the change was tampered with; nothing was changed' >&2
        return 7
    end
    test -s "$__awsprof_file"; or return 0
    builtin source $__awsprof_file; or return 7
end

# Says which of the variables are not as they were meant to be, NAME=VALUE or NAME for one that is not set, and returns
# 7; 0 if child processes see them all so.
function __awsprof_differs --no-scope-shadowing
    set -l __awsprof_rc 0
    for __awsprof_word in $argv
        set -l __awsprof_part (string split -m 1 = -- $__awsprof_word)
        set -l __awsprof_name $__awsprof_part[1]
        set -l __awsprof_text
        if test (count $__awsprof_part) -eq 1
            set -ql $__awsprof_name; or set -qgx $__awsprof_name
            and set __awsprof_text "$__awsprof_name is still set for child processes"
        else if not set -qx $__awsprof_name
            set __awsprof_text "child processes do not see $__awsprof_name"
        else if test "$$__awsprof_name" != "$__awsprof_part[2]"
            set __awsprof_text "child processes see $__awsprof_name=$$__awsprof_name instead of $__awsprof_part[2]"
        end
        if test -n "$__awsprof_text"
            builtin echo "awsprof: $__awsprof_text: it is local to a calling function, or assigned in front of the command" >&2
            set __awsprof_rc 7
        end
    end
    test $__awsprof_rc -eq 0; and return
    builtin echo '  the rest of the change is made; run it again outside that function' >&2
    return $__awsprof_rc
end

function __awsprof_stopped
    return 148
end

# Replays the cached answer to `use NAME`, `use -` or `off`, which the program left with all that must hold for it; returns
# 7 if it was replayed and child processes see something else. Otherwise it fails, and has changed nothing. Before 3.6,
# test compares no times.
function __awsprof_replay --no-scope-shadowing
    contains -- (count $argv)/"$argv[1]" 2/use 1/off; and test / -ef / 2>/dev/null; or return 1
    set -l __awsprof_key "$argv"
    test "$__awsprof_key" = 'use -'; and set __awsprof_key "use $AWSPROF_PREVIOUS"
    not string match -qr '^use -|/' -- $__awsprof_key; or return 1
    set -l __awsprof_folder (__awsprof_cache)/fish; or return 1
    set -l __awsprof_file $__awsprof_folder/(string replace -a : , -- $__awsprof_key)
    test -f "$__awsprof_file" -a ! -L "$__awsprof_file" -a -O "$__awsprof_file"
    and test -O "$__awsprof_folder" -a ! -L "$__awsprof_folder"; or return 1
    set -l __awsprof_program (command -s awsprof)
    builtin read -l -d \t __awsprof_name __awsprof_code __awsprof_end <$__awsprof_file
    and test "$__awsprof_name" = "$__awsprof_key" -a "$__awsprof_end" = .
    and builtin eval $__awsprof_code
end

function awsprof --no-scope-shadowing --description 'Switch AWS profiles'
    __awsprof_replay $argv
    set -l __awsprof_rc $status
    contains $__awsprof_rc 0 7; and return $__awsprof_rc
    if not command -q awsprof
        builtin echo 'awsprof: there is no awsprof on PATH' >&2
        return 127
    end
    set -l __awsprof_file (__awsprof_open)
    or return 7
    # A program that dies of Ctrl-C, as Python does before it can catch it, makes fish break off this function: the
    # file is removed at the next prompt.
    function __awsprof_tidy --on-event fish_prompt --inherit-variable __awsprof_file
        functions --erase __awsprof_tidy
        command rm -f -- $__awsprof_file
    end
    # The status that stays where the program does not end: Ctrl-Z has stopped it.
    __awsprof_stopped
    AWSPROF_HOOK=1:fish AWSPROF_OUT=$__awsprof_file command awsprof $argv
    set __awsprof_rc $status
    if test $__awsprof_rc -eq 0
        __awsprof_apply $__awsprof_file
        set __awsprof_rc $status
    end
    functions --erase __awsprof_tidy
    if test -e $__awsprof_file -o -L $__awsprof_file
        command rm -f -- $__awsprof_file
    end
    return $__awsprof_rc
end

function awsuse --no-scope-shadowing --wraps 'awsprof use' --description 'Make an AWS profile active in this shell'
    awsprof use $argv
end

function awsmfa --no-scope-shadowing --wraps 'awsprof mfa' --description 'Renew the MFA session behind an AWS profile'
    awsprof mfa $argv
end

function awsoff --no-scope-shadowing --wraps 'awsprof off' --description 'Take the switch of the AWS profile back'
    awsprof off $argv
end

function awsprof_unload --description 'Take all of this file out of the running shell; the environment stays'
    complete --erase --command awsprof
    for name in use mfa off
        complete --erase --command aws$name --wraps "awsprof $name"
        functions --erase aws$name
    end
    # fish 3.1 erases one variable at a time.
    for name in __awsprof_table __awsprof_end __awsprof_soon
        set --query --global $name; and set --erase --global $name
    end
    functions --erase (functions --all --names | string match '__awsprof_*') awsprof awsprof_unload
end

# Completion. The names come from a list that the program keeps; while that is fresh, no process is started.

# Whether a file is as it was when NS.SIZE.INODE was written down, or missing (-); never after `?`. Of the three fish sees
# the time: that of the stamp called NS.
function __awsprof_same --argument-names file root moment
    if test "$moment" = -
        not test -e $file
        return
    end
    set -l stamp $root/at/(string replace -r '\..*' '' -- $moment)
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
    and __awsprof_same $files[1] $root $part[4]
    and __awsprof_same $files[2] $root $part[6]
end

# The profiles, as lines of name TAB kind TAB description; of many, only those that hold the text, if any does.
function __awsprof_profiles --argument-names text
    set -l root
    # What is quoted or escaped in the command line, fish alone can compare.
    set -l part (string match -r '^[\w:/@+-]+$' -- $text | string escape --style=regex)
    set -l lines
    set -l fresh no
    for try in 1 2
        # Matched while it is read: a list of 10,000 lines costs fish 40 ms.
        set root (__awsprof_cache); and test -f $root/names -a ! -L $root/names -a -O $root/names -a -r $root/names
        and set lines (string match -ier -- "$part|^awsprof\t|^\.\$" <$root/names)
        test "$lines[-1]" = .; and __awsprof_fresh $root "$lines[1]"; and set fresh yes; and break
        test $try = 1; and command -q awsprof; and command awsprof cache </dev/null >/dev/null 2>&1
    end
    string match -r '^[^\t]+\t[^\t]*\t[^\t]*$' -- $lines
    or test -z "$part" -o $fresh = no
    or __awsprof_profiles ''
end

# What an argument of this kind can be, one a line, with a description after a TAB. A kind with spaces lists the words.
function __awsprof_values --argument-names kind domain text
    switch $kind
        case DOMAIN DOMAIN:NAME PREFIX IAM
            set -l colon (string match : -- (string sub -s 7 -l 1 -- $kind))
            set -l rest '.*'
            test $kind = IAM; and set rest 'iam\t.*'
            __awsprof_profiles $text | string replace -rf "^([^\t:]+):$rest" "\$1$colon\tdomain"
        case 'DOMAIN|PROFILE'
            set -l start (string replace -r '^["\']' '' -- $text | string escape --style=regex)
            set -l found (__awsprof_profiles :mfa | string replace -rf '^([^\t:]+):mfa\t.*' '$1\tdomain')
            if string match -qir "^$start" -- $found
                string join \n -- $found
            else
                __awsprof_profiles $text | string replace -rf '^([^\t]+)\t(?:[^\t]* )?mfa(\t[^\t]*)$' '$1$2'
            end
        case 'PROFILE*' SOURCE
            set -l name '[^\t]+'
            test $kind = SOURCE; and set name '[^\t:]+:(?:iam|mfa)'
            set -l prefix
            test -n "$domain"; and set prefix (string escape --style=regex -- $domain:)
            set -l active
            test $kind = 'PROFILE|-'; and set active (string escape --style=regex -- "$AWS_PROFILE")
            set -l form "^(?!$active\t)$prefix($name)\t[^\t]*"
            if test -z "$text" -o -n "$domain" -o $kind = SOURCE
                __awsprof_profiles $text | string replace -rf $form '$1'
            else
                set -l found (__awsprof_profiles $text | string replace -rf $form '$1')
                __awsprof_of_active $text $found; or string join \n -- $found
            end
        case KEY=VALUE
            string replace -rf '^=set\t([^\t=]+=?)[^\t]*\t.*' '$1' -- $__awsprof_table
        case KEY
            string replace -rf '^=set\t([^\t=]+)[^\t]*\t.*' '$1' -- $__awsprof_table
        case FILE
            __fish_complete_path $text
        case '* *'
            string split ' ' -- $kind
        case '*'
            set -l line (string match -- "=$kind"\t'*' $__awsprof_table | string split \t)
            test -n "$line[2]"; and string split ' ' -- $line[2]
    end
end

# Of the profiles that follow the text, those of the active profile's domain whose name begins with it, as the program
# resolves it; fails if there is none, or if a full name begins with it.
function __awsprof_of_active --argument-names text
    set -l bare (string match -r '^["\']?[\w/@+-]+$' -- $text | string replace -r '^["\']' '' | string escape --style=regex)
    test -n "$bare"; and string match -q '*:*' -- "$AWS_PROFILE"
    or return
    not string match -qir "^$bare" -- $argv[2..-1]
    and string match -ir '^'(string replace -r ':.*' : -- $AWS_PROFILE | string escape --style=regex)"$bare.*" -- $argv[2..-1]
end

# The kind of word that an option or setting wants, as the table of commands says; nothing for one that wants none.
function __awsprof_wanted --argument-names command option
    set -l lines (string replace -rf "^(?:$command)?\t"(string escape --style=regex -- $option)= '' -- $__awsprof_table)
    string replace -r '\t.*' '' -- $lines
end

# What the value of NAME=VALUE can be, for an option or setting of the command, with NAME= before it.
function __awsprof_assigned --argument-names command text
    set -l part (string split -m 1 = -- $text)
    set -l kind (__awsprof_wanted $command $part[1])
    test -n "$kind"; and __awsprof_values $kind '' "$part[2]" | string replace -r '^' -- "$part[1]="
end

# The regular expression of a line that begins with one of these words. '': without a word it would be nothing at all.
function __awsprof_lines_of
    builtin echo '^(?:'(string escape --style=regex -- $argv '' | string join '|')')(?:[\t=]|$)'
end

# The options of the command that are not among the words, nor excluded by one that is.
function __awsprof_options --argument-names command
    set -l gone
    for word in (string match -- '--*' $argv[2..-1] | string replace -r '=.*' '')
        set -a gone $word (string replace -rf "^=not\t$word (.*)\t" '$1' -- $__awsprof_table)
    end
    set gone (__awsprof_lines_of $gone)
    string replace -rf "^(?:$command)?\t(-[^\t=]*)[^\t]*" '$1' -- $__awsprof_table | string match -rv -- $gone
end

# What can stand where the cursor is, as the words before it and the table of commands say.
function __awsprof_complete
    set -l command
    set -l kind
    set -l domain
    set -l arguments
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test -n "$kind"
            test $kind = DOMAIN; and set domain (string replace -r ':$' '' -- $word)
            set kind
        else if string match -q -- '--*=*' $word
            set -l part (string split -m 1 = -- $word)
            test (__awsprof_wanted "$command" $part[1])x = DOMAINx; and set domain (string replace -r ':$' '' -- $part[2])
        else if string match -qr -- '^-.' $word
            set kind (__awsprof_wanted "$command" $word)
        else if test -z "$arguments"; and string match -qr '^[a-z]+$' -- $word
            and string match -qr "^$command\t$word\t" -- $__awsprof_table
            set command (string trim -- "$command $word")
        else
            set -a arguments $word
        end
    end
    set -l text (commandline -ct)
    if test -n "$kind"
        __awsprof_values $kind '' "$text"
    else if string match -q -- '--*=*' $text
        __awsprof_assigned "$command" $text
    else if string match -q -- '-*' $text
        __awsprof_options "$command" $words
    else
        test -z "$arguments"; and string replace -rf "^$command\t([a-z][^\t]*)" '$1' -- $__awsprof_table
        set -l kinds (string replace -rf "^$command\t([A-Z][^\t]*)\t" '$1' -- $__awsprof_table)
        set -l number (count $arguments x)
        __awsprof_argument "$kinds[$number]" "$kinds[-1]" "$domain" "$text" $arguments
    end
end

# What an argument of a kind can be; if there are more arguments than kinds, of the last one, if that can be repeated.
function __awsprof_argument --argument-names kind last domain text
    test -z "$kind"; and string match -q '*...' -- $last; and set kind $last
    switch $kind/$text
        case '/*'
            return
        case 'KEY=VALUE.../*=*'
            __awsprof_assigned =set $text
        case 'KEY*'
            set -l there (__awsprof_lines_of (string replace -r '=.*' '' -- $argv[5..-1]))
            __awsprof_values (string replace ... '' -- $kind) '' $text | string match -rv -- $there
        case '*.../*'
            set -l there (__awsprof_lines_of $argv[5..-1])
            __awsprof_values (string replace ... '' -- $kind) "$domain" $text | string match -rv -- $there
        case '*'
            __awsprof_values $kind "$domain" $text
    end
end

# awsuse, awsmfa and awsoff wrap it. -k: in this order; -f: never files.
complete -c awsprof -f -k -a '(__awsprof_complete)'

# The end of the session that the active profile stands on, as the cache has it: local HH:MM or `expired` to
# __awsprof_end, and 1 to __awsprof_soon in its last 15 minutes; nothing where the AWS files are not those the cache was
# made from. With `export` AWS_SESSION_EXPIRATION of a switch is made true.
function __awsprof_session_end
    set -g __awsprof_end
    set -g __awsprof_soon
    set -l root (__awsprof_cache)
    and set -l stands (__awsprof_note $root stands "$AWS_PROFILE")
    and set -l line (__awsprof_note $root session "$stands[8]")
    and test "$line[1..6]" = "$stands[1..6]"
    and string match -qr '^[1-9]\d{0,11} [\dTZ:-]+ \d\d:\d\d \.$' -- "$line[8..-1]"
    and __awsprof_fresh $root (string join \t $line[1..6])
    or return 0
    set -g __awsprof_end $line[10]
    # fish has no clock, but 3.5 tells how long ago a file was modified: that of a session will be at its end. Earlier
    # versions refuse the whole file if they read `builtin path` in it.
    set -l path path
    if set -l past (builtin $path mtime -R -- $root/session/(string replace -a : , -- $line[7]) 2>/dev/null)
        test $past -ge 0; and set -g __awsprof_end expired
        test $past -ge -900; and set -g __awsprof_soon 1
    end
    test "$argv" = export -a -n "$AWSPROF_SAVED"; and set -gx AWS_SESSION_EXPIRATION $line[9]
    return 0
end

# The line that the cache has on a profile, field by field; fails where it is not whole.
function __awsprof_note --argument-names root kind name
    set -l file $root/$kind/(string replace -a : , -- $name)
    test -n "$name"; and not string match -q '*/*' -- $name; and test -f $file -a -O $file -a -r $file; or return 1
    builtin read -l -d \t -a line <$file; and test "$line[7]" = "$name"; and string join \n -- $line
end

# >>> generated from the commands of awsprof by `make completions` >>>
set -g __awsprof_table \
    '=SYNTAX	bash zsh fish pwsh sh	' \
    '=KIND	all iam mfa user role sso login process keys	' \
    '=REGION	af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2	' \
    '=SHELL	bash zsh fish pwsh	' \
    '=not	--renew --no-renew	' \
    '=not	--no-renew --renew	' \
    '=not	--install --uninstall	' \
    '=not	--uninstall --install	' \
    '=not	--keep-old --delete-old	' \
    '=not	--delete-old --keep-old	' \
    '=not	--session-name --no-session-name	' \
    '=not	--no-session-name --session-name	' \
    '=not	--csv --stdin	' \
    '=not	--stdin --csv	' \
    '=set	aws_access_key_id=	' \
    '=set	aws_secret_access_key	' \
    '=set	aws_session_token	' \
    '=set	aws_security_token	' \
    '=set	aws_account_id=	' \
    '=set	expiration=	' \
    '=set	role_arn=	' \
    '=set	source_profile=PROFILE	' \
    '=set	credential_source=Environment Ec2InstanceMetadata EcsContainer	' \
    '=set	credential_process=	' \
    '=set	web_identity_token_file=	' \
    '=set	external_id=	' \
    '=set	mfa_serial=	' \
    '=set	mfa_device_arn=	' \
    '=set	role_session_name=	' \
    '=set	duration_seconds=	' \
    '=set	sso_session=	' \
    '=set	sso_start_url=	' \
    '=set	sso_region=REGION	' \
    '=set	sso_account_id=	' \
    '=set	sso_role_name=	' \
    '=set	sso_registration_scopes=	' \
    '=set	login_session=	' \
    '=set	region=REGION	' \
    '=set	endpoint_url=	' \
    '=set	services=	' \
    '=set	ignore_configured_endpoint_urls=true false	' \
    '=set	use_dualstack_endpoint=true false	' \
    '=set	use_fips_endpoint=true false	' \
    '=set	sts_regional_endpoints=regional legacy	' \
    '=set	account_id_endpoint_mode=preferred disabled required	' \
    '=set	endpoint_discovery_enabled=true false auto	' \
    '=set	disable_host_prefix_injection=true false	' \
    '=set	sigv4a_signing_region_set=	' \
    '=set	auth_scheme_preference=	' \
    '=set	ca_bundle=	' \
    '=set	tcp_keepalive=true false	' \
    '=set	max_attempts=	' \
    '=set	retry_mode=legacy standard adaptive	' \
    '=set	defaults_mode=legacy standard in-region cross-region mobile auto	' \
    '=set	parameter_validation=true false	' \
    '=set	request_checksum_calculation=when_supported when_required	' \
    '=set	response_checksum_validation=when_supported when_required	' \
    '=set	disable_request_compression=true false	' \
    '=set	request_min_compression_size_bytes=	' \
    '=set	sdk_ua_app_id=	' \
    '=set	data_path=	' \
    '=set	metadata_service_timeout=	' \
    '=set	metadata_service_num_attempts=	' \
    '=set	ec2_metadata_service_endpoint=	' \
    '=set	ec2_metadata_service_endpoint_mode=ipv4 ipv6	' \
    '=set	ec2_metadata_v1_disabled=true false	' \
    '=set	imds_use_ipv6=true false	' \
    '=set	csm_enabled=true false	' \
    '=set	csm_client_id=	' \
    '=set	csm_host=	' \
    '=set	csm_port=	' \
    '=set	s3_use_arn_region=true false	' \
    '=set	s3_us_east_1_regional_endpoint=regional legacy	' \
    '=set	s3_disable_multiregion_access_points=true false	' \
    '=set	s3_disable_express_session_auth=true false	' \
    '=set	output=json yaml yaml-stream text table off	' \
    '=set	cli_pager=	' \
    '=set	cli_auto_prompt=on on-partial off	' \
    '=set	cli_binary_format=base64 raw-in-base64-out	' \
    '=set	cli_follow_urlparam=true false	' \
    '=set	cli_history=enabled disabled	' \
    '=set	cli_timestamp_format=iso8601 wire none	' \
    '=set	cli_error_format=	' \
    '=set	awsprof_user=	' \
    '=set	include_profile=PROFILE	' \
    '=set	mfa_process=	' \
    '=set	role_duration=	' \
    '=set	s3.addressing_style=path virtual auto	' \
    '=set	s3.max_bandwidth=	' \
    '=set	s3.max_concurrent_requests=	' \
    '=set	s3.max_queue_size=	' \
    '=set	s3.multipart_chunksize=	' \
    '=set	s3.multipart_threshold=	' \
    '=set	s3.io_chunksize=	' \
    '=set	s3.payload_signing_enabled=true false	' \
    '=set	s3.preferred_transfer_client=auto classic crt	' \
    '=set	s3.target_bandwidth=	' \
    '=set	s3.use_accelerate_endpoint=true false	' \
    '=set	s3.use_dualstack_endpoint=true false	' \
    '=set	s3.use_arn_region=true false	' \
    '=set	s3.us_east_1_regional_endpoint=regional legacy	' \
    '=set	s3.s3_disable_multiregion_access_points=true false	' \
    '	--help	Show help' \
    '	--version	Print the version' \
    '	--verbose	Tell what is done and why' \
    '	--debug	Show where an unexpected error arose' \
    '	--no-input	Never ask anything' \
    '	use	Make a profile active in this shell' \
    'use	PROFILE|-	' \
    'use	--domain=DOMAIN	Look in this domain' \
    'use	--region=REGION	The AWS region' \
    'use	--renew	Renew the session first; if that fails, do not switch' \
    'use	--no-renew	Do not ask for a renewal' \
    'use	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead' \
    '	off	Take the switch back: this shell is as it was before it' \
    'off	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead' \
    '	mfa	Renew the MFA session behind a profile' \
    'mfa	DOMAIN|PROFILE	' \
    'mfa	--code=CODE|-	The code; - reads it from stdin' \
    'mfa	--force	Renew even if the session is still valid' \
    'mfa	--duration=TIME	Session duration, 15m to 36h' \
    'mfa	--min-remaining=TIME	Renew if less is left (1h; 15m for --duration up to 1h)' \
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
    'set	KEY=VALUE...	' \
    'set	--force	Skip the checks that are stricter than AWS' \
    'set	--yes	Do not ask' \
    'set	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	unset	Remove settings of a profile' \
    'unset	PROFILE	' \
    'unset	KEY...	' \
    'unset	--yes	Do not ask' \
    'unset	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	rename	Rename a profile, or a domain with all that names it' \
    'rename	PROFILE	' \
    'rename	NEW	' \
    'rename	--no-domain	Give it a name without a domain' \
    'rename	--yes	Do not ask' \
    'rename	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	remove	Remove profiles, or a whole domain' \
    'remove	PROFILE...	' \
    'remove	--cascade	Remove what stands on them, too' \
    'remove	--yes	Do not ask' \
    'remove	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	rotate	Replace a domain\'s access key by a new one that AWS makes' \
    'rotate	IAM	' \
    'rotate	--keep-old	Leave the old key active' \
    'rotate	--delete-old	Delete the old key once it is inactive' \
    'rotate	--allow-endpoint=HOST[:PORT]	Accept this host in place of AWS' \
    'rotate	--yes	Do not ask' \
    'rotate	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	adopt	Turn profiles written by other tools into a domain' \
    'adopt	PROFILE	' \
    'adopt	--domain=NEW	What the new domain is called' \
    'adopt	--move	Rename in place, instead of adding beside' \
    'adopt	--session-name=NAME	Session name shown in CloudTrail' \
    'adopt	--no-session-name	Leave role_session_name out' \
    'adopt	--yes	Do not ask' \
    'adopt	--force	Keep durations of more than 1h that AWS refuses' \
    'adopt	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    '	add	Add a user\'s keys, an MFA device or a role to the AWS files' \
    'add	iam	Add a user\'s access key' \
    'add iam	DOMAIN	' \
    'add iam	--csv=FILE	The access key as the console exported it' \
    'add iam	--user=NAME	Which user of the CSV file' \
    'add iam	--stdin	Read key id and secret from stdin, as two lines' \
    'add iam	--region=REGION	The AWS region' \
    'add iam	--yes	Do not ask' \
    'add iam	--force	Skip the checks that are stricter than AWS' \
    'add iam	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    'add	mfa	Add the user\'s MFA device' \
    'add mfa	IAM	' \
    'add mfa	--device-arn=ARN	The device, or a hardware token\'s serial number' \
    'add mfa	--yes	Do not ask' \
    'add mfa	--force	Skip the checks that are stricter than AWS' \
    'add mfa	--dry-run	Show the change as a diff, secrets masked; write nothing' \
    'add	role	Add a role' \
    'add role	DOMAIN:NAME	' \
    'add role	--role-arn=ARN	The role' \
    'add role	--source=SOURCE	Default: the domain\'s mfa, else iam profile' \
    'add role	--region=REGION	The AWS region' \
    'add role	--external-id=ID	What the role\'s trust policy asks for' \
    'add role	--session-name=NAME	Session name shown in CloudTrail' \
    'add role	--no-session-name	Leave role_session_name out' \
    'add role	--duration=TIME	How long the role\'s keys last; more than 1h only if the role depends on the iam profile itself' \
    'add role	--yes	Do not ask' \
    'add role	--force	Skip the checks that are stricter than AWS' \
    'add role	--dry-run	Show the change as a diff, secrets masked; write nothing'
# <<< generated <<<
