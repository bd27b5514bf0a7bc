# awsprof hook for PowerShell, protocol 1. In $PROFILE: the line that `awsprof init pwsh` prints.
# ASCII only, and the grammar of Windows PowerShell 5.1, which reads a file without BOM as ANSI and knows no ?? or ?:.
Set-StrictMode -Off

# An alias goes before a function of the same name.
foreach ($name in 'awsprof', 'awsuse', 'awsmfa', 'awsoff') {
    if (Test-Path -LiteralPath "Alias:$name") { Remove-Item -LiteralPath "Alias:$name" -Force }
}

# Makes the file through which the awsprof program hands over a change, and gives its path. CreateNew is O_EXCL:
# nothing that stands there is followed or emptied. Who owns a folder cannot be told quickly here, so root, who may
# have come with somebody else's environment, takes a new file of mode 0600 in the temporary folder; so does a .NET
# before 8, which cannot tell (5.1 and up to 7.3).
function New-AwsprofFile {
    $folders = @()
    if ([Environment]::IsPrivilegedProcess -eq $false) {
        $cache = if ($env:XDG_CACHE_HOME) { $env:XDG_CACHE_HOME } else { "$HOME/.cache" }
        $folders = @($env:XDG_RUNTIME_DIR, "$cache/awsprof")
    }
    $unique = 'awsprof.' + [Guid]::NewGuid().ToString('N')
    foreach ($folder in $folders) {
        if (-not $folder -or -not [System.IO.Directory]::Exists($folder) -or (Test-AwsprofOpen $folder)) { continue }
        $file = [System.IO.Path]::Combine($folder, $unique)
        try {
            [System.IO.File]::Open($file, [System.IO.FileMode]::CreateNew).Dispose()
            return $file
        }
        catch { continue }
    }
    try { if (-not (Test-AwsprofOpen ([System.IO.Path]::GetTempPath()))) { return [System.IO.Path]::GetTempFileName() } }
    catch { $null = $_ }
    # TMPDIR is no folder that can be written to, or anybody can.
    [System.IO.File]::Open("/tmp/$unique", [System.IO.FileMode]::CreateNew).Dispose()
    "/tmp/$unique"
}

# Whether others may write in a folder, and no sticky bit keeps them from renaming: they could put a file of theirs in
# the place of ours. Windows has no such modes, a .NET before 7 cannot tell them.
function Test-AwsprofOpen($folder) {
    try { $mode = [int][System.IO.File]::GetUnixFileMode($folder) }
    catch { return $false }
    ($mode -band 18) -and -not ($mode -band 512)
}

# Gives what the program wrote, if the file still is the one that was made.
function Read-AwsprofFile($file) {
    $info = New-Object -TypeName System.IO.FileInfo -ArgumentList $file
    if (-not $info.Exists -or ($info.Attributes -band [System.IO.FileAttributes]::ReparsePoint)) {
        throw 'the file of the change was tampered with; nothing was changed'
    }
    # Nothing was written, or it is a pipe that would keep its reader waiting.
    if ($info.Length -eq 0) { return '' }
    [System.IO.File]::ReadAllText($file)
}

# Gives the answer to this very command line once more, which the program left in its cache with all that must hold for
# it; otherwise gives nothing, and has changed nothing. A folder of mode 0700 that can be read is one's own, but for
# root, and for a .NET before 8, which cannot tell.
function Invoke-AwsprofReplay($words) {
    if ($words.Count -gt 2 -or -not ([Environment]::IsPrivilegedProcess -eq $false)) { return }
    $ErrorActionPreference = 'Stop'
    $key = $words -join ' '
    if ($key -ceq 'use -') { $key = "use $env:AWSPROF_PREVIOUS" }
    $cache = if ($env:XDG_CACHE_HOME) { $env:XDG_CACHE_HOME } else { "$env:HOME/.cache" }
    $file = "$cache/awsprof/1/pwsh/" + $key.Replace(':', ',')
    try {
        if ($key.Contains('/') -or -not [System.IO.File]::Exists($file)) { return }
        if ([int][System.IO.File]::GetUnixFileMode("$cache/awsprof/1/pwsh") -ne 0x1c0) { return }
        if ([System.IO.File]::GetAttributes($file) -band [System.IO.FileAttributes]::ReparsePoint) { return }
        $name, $code, $end = [System.IO.File]::ReadAllText($file).Split([char]9)
        if ($name -cne $key -or $end -cne ".`n") { return }
        foreach ($folder in "$env:PATH".Split([System.IO.Path]::PathSeparator)) {
            $program = "$folder/awsprof"
            if ([System.IO.File]::Exists($program)) { break }
        }
        . ([scriptblock]::Create($code))
    }
    catch { return }
}

# Calls the program and evaluates what it wrote. Its exit status goes to $LASTEXITCODE.
function Invoke-Awsprof {
    # Stop would turn what the program says on stderr into an end, where 5.1 has it redirected.
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    if (-not $MyInvocation.ExpectingInput -and (Invoke-AwsprofReplay $args)) {
        $global:LASTEXITCODE = 0
        return
    }
    $exe = @(Get-Command -Name awsprof -CommandType Application -ErrorAction Ignore)
    if ($exe.Count -eq 0) {
        Write-Error -Message 'awsprof: there is no awsprof on PATH'
        $global:LASTEXITCODE = 127
        return
    }
    $rc = 7
    $file = ''
    try {
        $file = New-AwsprofFile
        # Only for this one call: a shell of another kind that is started later must not inherit them.
        $env:AWSPROF_HOOK = '1:pwsh'
        $env:AWSPROF_OUT = $file
        # PowerShell before 7.3, and its legacy mode, drop an empty word: written as "" it arrives.
        $legacy = $PSVersionTable.PSVersion -lt [version]'7.3' -or "$PSNativeCommandArgumentPassing" -eq 'Legacy'
        if ($legacy) { $args = @(foreach ($word in $args) { if ($word -is [string] -and -not $word) { '""' } else { $word } }) }
        # After Ctrl-C nothing but the finally block runs.
        $rc = 130
        if ($MyInvocation.ExpectingInput) { $input | & $exe[0].Path @args } else { & $exe[0].Path @args }
        $rc = $global:LASTEXITCODE
        if ($rc -eq 0) {
            $rc = 7
            $code = Read-AwsprofFile $file
            if ($code) { . ([scriptblock]::Create($code)) }
            $rc = 0
        }
    }
    catch { Write-Error -Message "awsprof: $($_.Exception.Message)" }
    finally {
        [Environment]::SetEnvironmentVariable('AWSPROF_HOOK', [NullString]::Value)
        [Environment]::SetEnvironmentVariable('AWSPROF_OUT', [NullString]::Value)
        if ($file) { [System.IO.File]::Delete($file) }
        $global:LASTEXITCODE = $rc
    }
}

# The words of a command as they were typed: PowerShell took -v and -d for its own, and made an array of a,b.
function Get-AwsprofWord($bound, $words) {
    if ($bound['Verbose']) { '-v' }
    if ($bound['Debug']) { '-d' }
    foreach ($word in $words) { if ($word -is [array]) { $word -join ',' } else { $word } }
}

# Makes a failure one of the command: $? is false, && and a script under Stop end there. The program has told the
# reason already, so the error is only shown where it ends a script, or where -ErrorAction wants it.
function Write-AwsprofFailure($cmdlet) {
    if ($global:LASTEXITCODE -eq 0) { return }
    # That of the caller: a module sees the global one only.
    $stop = 'Stop' -eq $cmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference')
    $ErrorActionPreference = if ($stop) { 'Stop' } else { 'SilentlyContinue' }
    $exception = New-Object -TypeName System.Exception -ArgumentList "it ended with exit code $global:LASTEXITCODE"
    $about = $exception, 'AwsprofFailed', 'NotSpecified', $null
    $cmdlet.WriteError((New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $about))
}

# Advanced functions, as only their errors reach $?. No word of ours begins like the names of their parameters.
function awsprof {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromRemainingArguments = $true, DontShow = $true)] $__words,
        [Parameter(ValueFromPipeline = $true, DontShow = $true)] $__input
    )
    $words = @(Get-AwsprofWord $PSBoundParameters $__words)
    if ($MyInvocation.ExpectingInput) { $input | Invoke-Awsprof @words } else { Invoke-Awsprof @words }
    Write-AwsprofFailure $PSCmdlet
}

function awsuse {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromRemainingArguments = $true, DontShow = $true)] $__words,
        [Parameter(ValueFromPipeline = $true, DontShow = $true)] $__input
    )
    $words = @('use') + @(Get-AwsprofWord $PSBoundParameters $__words)
    if ($MyInvocation.ExpectingInput) { $input | Invoke-Awsprof @words } else { Invoke-Awsprof @words }
    Write-AwsprofFailure $PSCmdlet
}

function awsmfa {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromRemainingArguments = $true, DontShow = $true)] $__words,
        [Parameter(ValueFromPipeline = $true, DontShow = $true)] $__input
    )
    $words = @('mfa') + @(Get-AwsprofWord $PSBoundParameters $__words)
    if ($MyInvocation.ExpectingInput) { $input | Invoke-Awsprof @words } else { Invoke-Awsprof @words }
    Write-AwsprofFailure $PSCmdlet
}

function awsoff {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromRemainingArguments = $true, DontShow = $true)] $__words,
        [Parameter(ValueFromPipeline = $true, DontShow = $true)] $__input
    )
    $words = @('off') + @(Get-AwsprofWord $PSBoundParameters $__words)
    if ($MyInvocation.ExpectingInput) { $input | Invoke-Awsprof @words } else { Invoke-Awsprof @words }
    Write-AwsprofFailure $PSCmdlet
}

# Completion. The names come from a list that the program keeps; while that is fresh, no process is started.

# Whether an AWS file is as it was when NS.SIZE.INODE was written down, NS being nanoseconds since 1970, or missing (-);
# never after `?`. .NET does not see the inode.
function Test-AwsprofStamp($path, $stamp) {
    $file = New-Object -TypeName System.IO.FileInfo -ArgumentList $path
    if (-not $file.Exists) { return $stamp -eq '-' }
    if ($file.Attributes -band [System.IO.FileAttributes]::ReparsePoint) {
        # Windows PowerShell cannot follow a link: the program looks then, at each Tab.
        if ($PSVersionTable.PSVersion.Major -lt 6) { return $false }
        $file = $file.ResolveLinkTarget($true)
    }
    # .NET counts in 100 ns since the year 1.
    $ticks = $file.LastWriteTimeUtc.Ticks - 621355968000000000
    $time, $size, $null = "$stamp".Split('.')
    $time -match '^\d+$' -and "$($file.Length)" -ceq $size -and $ticks -eq [Math]::Floor([decimal]$time / 100)
}

# Whether the list with this first line was made from the AWS files that are there now.
function Test-AwsprofList($head) {
    $config, $credentials = "$HOME/.aws/config", "$HOME/.aws/credentials"
    if ($env:AWS_CONFIG_FILE) { $config = $env:AWS_CONFIG_FILE }
    if ($env:AWS_SHARED_CREDENTIALS_FILE) { $credentials = $env:AWS_SHARED_CREDENTIALS_FILE }
    $part = "$head".Split("`t")
    $part.Count -eq 6 -and (($part[0, 1, 2, 4] -join "`n") -ceq "awsprof`n1`n$config`n$credentials") -and
    (Test-AwsprofStamp $config $part[3]) -and (Test-AwsprofStamp $credentials $part[5])
}

# Has the program make the list anew. This is in the middle of the user's session: $LASTEXITCODE is theirs.
function Update-AwsprofList {
    $exe = @(Get-Command -Name awsprof -CommandType Application -ErrorAction Ignore)
    if ($exe.Count -eq 0) { return }
    $ErrorActionPreference = 'SilentlyContinue'
    $PSNativeCommandUseErrorActionPreference = $false
    $rc = $global:LASTEXITCODE
    $null | & $exe[0].Path cache *> $null
    $global:LASTEXITCODE = $rc
}

# The lines of the list, name TAB kind TAB description, whose name has this form.
function Find-AwsprofLine($form) {
    $root = if ($env:OS -eq 'Windows_NT') { $env:LOCALAPPDATA } else { "$HOME/.cache" }
    if ($env:XDG_CACHE_HOME) { $root = $env:XDG_CACHE_HOME }
    $path = [System.IO.Path]::Combine($root, 'awsprof', '1', 'names')
    foreach ($try in 1, 2) {
        $lines = @()
        try { if ([System.IO.File]::Exists($path)) { $lines = @([System.IO.File]::ReadAllLines($path)) } }
        catch { $global:Error.RemoveAt(0) }
        if ($lines.Count -and $lines[-1] -eq '.' -and (Test-AwsprofList $lines[0])) { break }
        if ($try -eq 1) { Update-AwsprofList }
    }
    $lines -match "^$form\t[^\t]*\t[^\t]*$"
}

# The profiles of a kind, as Get-AwsProfiles calls it, that hold a word; those that begin with it first. With a domain
# only its own, and without it.
function Find-AwsprofProfile($kind, $domain, $word, $except) {
    $ends = @{ Iam = 'iam'; Mfa = 'mfa'; User = '(?:iam|mfa)' }[$kind]
    $form = if ($ends) { "[^\t:]+(?-i::$ends)" }
    elseif ($kind -eq 'AssumeRole') { '(?![^\t:]+(?-i::(?:iam|mfa))\t)[^\t]+' }
    else { '[^\t]+' }
    $start = if ($domain) { "(?-i:$([regex]::Escape("${domain}:")))" }
    $not = if ($except) { "(?!(?-i:$([regex]::Escape($except)))\t)" }
    $word = [regex]::Escape($word)
    $found = @(Find-AwsprofLine "$not(?=$start[^\t]*$word)$form")
    $found = @($found -match "^$start$word") + @($found -notmatch "^$start$word")
    if ($domain) { $found.ForEach({ $_.Substring($domain.Length + 1) }) } else { $found }
}

# The domains that begin with a word and whose profiles go on in this way.
function Find-AwsprofDomain($word, $rest) {
    $last = ''
    foreach ($line in @(Find-AwsprofLine "(?=$([regex]::Escape($word)))[^\t:]+$rest")) {
        $domain = $line.Split("`t:".ToCharArray(), 2)[0]
        if ($domain -cne $last -and $domain.Length -ge $word.Length) { $domain }
        $last = $domain
    }
}

# What an argument of this kind can be, in lines like those of the list.
function Get-AwsprofValue($kind, $domain, $word) {
    $starts = '^' + [regex]::Escape($word)
    $any = '(?::[^\t]*)?'
    switch -CaseSensitive ($kind) {
        'PROFILE|-' { Find-AwsprofProfile All $domain $word $env:AWS_PROFILE }
        'PROFILE' { Find-AwsprofProfile All '' $word }
        'SOURCE' { Find-AwsprofProfile User '' $word }
        'DOMAIN|PROFILE' { Find-AwsprofDomain $word '(?-i::mfa)' }
        'DOMAIN|PROFILE' { if ($word.Contains(':')) { Find-AwsprofProfile All '' $word } }
        'DOMAIN' { Find-AwsprofDomain $word $any }
        'PREFIX' { Find-AwsprofDomain $word $any }
        'DOMAIN:NAME' { @(Find-AwsprofDomain $word $any).ForEach({ "${_}:" }) }
        'FILE' {
            $paths = [System.Management.Automation.CompletionCompleters]::CompleteFilename($word)
            $paths.ForEach({ $_.CompletionText -replace "^'(.*)'$", '$1' -replace "''", "'" })
        }
        default {
            foreach ($line in $script:Table -clike "=$kind`t*") { $line.Split("`t")[1].Split(' ') -match $starts }
        }
    }
}

# The kind of word that an option wants, as the table of commands says; nothing for one that wants none.
function Get-AwsprofWanted($command, $option) {
    $lines = @($script:Table -match "^($command)?\t$([regex]::Escape($option))=")
    if ($lines) { $lines[0].Split("=`t".ToCharArray())[2] }
}

# What can stand where the cursor is, as the words before it and the table of commands say.
function Get-AwsprofChoice($words, $text) {
    $command, $kind, $domain, $argument = '', '', '', $true
    foreach ($word in $words) {
        if ($kind) {
            if ($kind -eq 'DOMAIN') { $domain = $word }
            $kind = ''
        }
        elseif ($word -like '--domain=*') { $domain = $word.Substring(9) }
        elseif ($word -like '-?*') { $kind = Get-AwsprofWanted $command $word }
        elseif ($word -cmatch '^[a-z]+$' -and $script:Table -clike "$command`t$word`t*") {
            $command = "$command $word".Trim()
        }
        else { $argument = $false }
    }
    if ($kind) { return Get-AwsprofValue $kind '' $text }
    if ($text -match '^(--[^=]+)=') {
        $option, $text = $Matches[0], $text.Substring($Matches[0].Length)
        return @(Get-AwsprofValue (Get-AwsprofWanted $command $Matches[1]) '' $text).ForEach({ "$option$_" })
    }
    $starts = '^' + [regex]::Escape($text)
    $found = @()
    if ($argument) {
        $found = @($script:Table -cmatch "^$command\t[a-z]" -replace '^[^\t]*\t([^\t]*)', "`$1`t" -match $starts)
        foreach ($line in $script:Table -cmatch "^$command\t[A-Z]") {
            $found += @(Get-AwsprofValue $line.Split("`t")[1] $domain $text)
        }
    }
    if ($text -like '-*' -or -not ($text -or $found)) {
        $found = @($script:Table -match "^($command)?\t-" -replace '^[^\t]*\t([^\t=]*)[^\t]*', "`$1`t" -match $starts)
    }
    $found
}

# What is to be chosen from. What PowerShell would read otherwise than it stands there is quoted.
function New-AwsprofResult($lines) {
    foreach ($line in $lines) {
        $text, $null, $tip = $line.Split("`t")
        $quoted = $text
        if ($text -notmatch '^(--[a-z-]+=?)?([A-Za-z_/.][\w/.:@+-]*)?$') {
            $inner = [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text)
            $quoted = "'$inner'"
        }
        if (-not $tip) { $tip = $text }
        [System.Management.Automation.CompletionResult]::new($quoted, $text, 'ParameterValue', $tip)
    }
}

$completed = @('awsprof', 'awsuse', 'awsmfa', 'awsoff')
$ExecutionContext.SessionState.Module.OnRemove = {
    Register-ArgumentCompleter -Native -CommandName $completed -ScriptBlock { }
}
Register-ArgumentCompleter -Native -CommandName $completed -ScriptBlock {
    param($typed, $ast, $cursor)
    $words = foreach ($element in $ast.CommandElements) {
        if ($element.Extent.EndOffset -ge $cursor) { continue }
        $literal = $element -is [System.Management.Automation.Language.StringConstantExpressionAst]
        if ($literal) { $element.Value } else { $element.Extent.Text }
    }
    $words = @($words)
    $words = @(if ($words[0] -match '^aws(use|mfa|off)$') { $Matches[1] }) + @($words | Select-Object -Skip 1)
    $text = if ($typed -match '^(["''])(.*)\1$') { $Matches[2] } else { $typed }
    $found = @(Get-AwsprofChoice $words $text)
    New-AwsprofResult $found
    # Where nothing is offered, PowerShell offers files. So the word itself is offered as it stands there, or a space.
    if (-not $found) {
        $same = ' '
        foreach ($here in $ast.CommandElements.Extent) {
            if ($here.StartOffset -ge $cursor -or $here.EndOffset -lt $cursor) { continue }
            $same = $here.Text.Substring(0, $cursor - $here.StartOffset)
        }
        [System.Management.Automation.CompletionResult]::new($same)
    }
}

# The end of the session that the active profile stands on, as the cache has it: End is the local HH:MM or 'expired',
# Soon is true in its last 15 minutes; nothing where the AWS files are not those the cache was made from. With -Export
# AWS_SESSION_EXPIRATION of a switch is made true, and nothing is given.
function Get-AwsprofSessionEnd([switch]$Export) {
    $stands = Read-AwsprofNote 'stands' $env:AWS_PROFILE
    if (-not $stands) { return }
    $line = Read-AwsprofNote 'session' $stands[7]
    if (-not $line -or ($line[0..5] -join "`t") -cne ($stands[0..5] -join "`t") -or
        ($line[7..10] -join ' ') -notmatch '^[1-9][0-9]{0,11} [0-9TZ:-]+ [0-9][0-9]:[0-9][0-9] \.\s*$' -or
        -not (Test-AwsprofList ($line[0..5] -join "`t"))) { return }
    if ($Export) {
        if ($env:AWSPROF_SAVED) { $env:AWS_SESSION_EXPIRATION = $line[8] }
        return
    }
    $left = [long]$line[7] - [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    $end = if ($left -le 0) { 'expired' } else { $line[9] }
    [pscustomobject]@{ End = $end; Soon = $left -le 900 }
}

# The line that the cache has on a profile, field by field; nothing where it is not whole.
function Read-AwsprofNote($kind, $name) {
    $root = if ($env:OS -eq 'Windows_NT') { $env:LOCALAPPDATA } else { "$HOME/.cache" }
    if ($env:XDG_CACHE_HOME) { $root = $env:XDG_CACHE_HOME }
    if (-not $name -or $name -match '[/\\]') { return }
    $path = [System.IO.Path]::Combine($root, 'awsprof', '1', $kind, $name.Replace(':', ','))
    # A pipe that would keep its reader waiting is of length 0.
    $file = New-Object -TypeName System.IO.FileInfo -ArgumentList $path
    if (-not $file.Exists -or $file.Length -eq 0) { return }
    $line = try { [System.IO.File]::ReadAllText($path).Split("`t") } catch { $global:Error.RemoveAt(0) }
    if ("$($line[6])" -ceq $name) { $line }
}

. "$PSScriptRoot/cmdlets.ps1"

Export-ModuleMember -Function (@('awsprof', 'awsuse', 'awsmfa', 'awsoff', 'Get-AwsprofSessionEnd') + $script:Cmdlets)

# >>> generated from the commands of awsprof by `make completions` >>>
$script:Table = @(
    '=SYNTAX	bash zsh fish pwsh sh	'
    '=KIND	all iam mfa user role sso login process keys	'
    '=REGION	af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2	'
    '=SHELL	bash zsh fish pwsh	'
    '	--help	Show help'
    '	--version	Print the version'
    '	--verbose	Tell what is done and why'
    '	--debug	Show where an unexpected error arose'
    '	--no-input	Never ask anything'
    '	use	Make a profile active in this shell'
    'use	PROFILE|-	'
    'use	--domain=DOMAIN	Look in this domain'
    'use	--region=REGION	The AWS region'
    'use	--mfa	Renew the MFA session first, if it needs it'
    'use	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead'
    '	off	Take the switch back: this shell is as it was before it'
    'off	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead'
    '	mfa	Renew the MFA session behind a profile'
    'mfa	DOMAIN|PROFILE	'
    'mfa	--code=CODE|-	The code; - reads it from stdin'
    'mfa	--force	Renew a session that still lasts, too'
    'mfa	--duration=TIME	How long it shall last, 15m to 36h'
    'mfa	--min-remaining=TIME	Renew where less is left (1h; 15m for --duration up to 1h)'
    'mfa	--json	Print JSON'
    '	status	Tell what this shell uses, and what contradicts it'
    'status	--json	Print JSON'
    '	whoami	Ask AWS who this is: account, ARN, user id'
    'whoami	PROFILE	'
    'whoami	--json	Print JSON'
    '	list	List the profiles by domain, with the end of each session'
    'list	DOMAIN	'
    'list	--domain=DOMAIN	Look in this domain'
    'list	--kind=KIND	One of all, iam, mfa, user, role, sso, login, process, keys'
    'list	--names	Print sorted names only'
    'list	--json	Print JSON'
    '	domains	List the domains'
    'domains	PREFIX	'
    'domains	--json	Print JSON'
    '	show	Show a profile''s settings, and what it stands on; secrets masked'
    'show	PROFILE	'
    'show	--json	Print JSON'
    '	init	Print the hook of a shell, or have it loaded'
    'init	SHELL	'
    'init	--install	Have the shell''s start-up file load the hook'
    'init	--uninstall	Take that out again'
    'init	--dry-run	Show the change as a diff; write nothing'
    '	current	Print the name of the active profile'
    '	set	Set settings of a profile'
    'set	PROFILE	'
    'set	--force	Skip the checks that are stricter than AWS'
    'set	--yes	Do not ask'
    'set	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	unset	Remove settings of a profile'
    'unset	PROFILE	'
    'unset	--yes	Do not ask'
    'unset	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	rename	Rename a profile, or a domain with all that names it'
    'rename	PROFILE	'
    'rename	--no-domain	Give it a name without a domain'
    'rename	--yes	Do not ask'
    'rename	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	remove	Remove profiles, or a whole domain'
    'remove	PROFILE	'
    'remove	--cascade	Remove what stands on them, too'
    'remove	--yes	Do not ask'
    'remove	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	rotate	Replace a domain''s access key by a new one that AWS makes'
    'rotate	DOMAIN	'
    'rotate	--keep-old	Leave the old key active'
    'rotate	--delete-old	Delete the old key once it is inactive'
    'rotate	--allow-endpoint=HOST[:PORT]	Accept this host in place of AWS'
    'rotate	--yes	Do not ask'
    'rotate	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	adopt	Turn profiles written by other tools into a domain'
    'adopt	PROFILE	'
    'adopt	--domain=DOMAIN	What the new domain is called'
    'adopt	--move	Rename in place, instead of adding beside'
    'adopt	--session-name=NAME	Session name shown in CloudTrail'
    'adopt	--no-session-name	Leave role_session_name out'
    'adopt	--yes	Do not ask'
    'adopt	--force	Keep durations of more than 1h that AWS refuses'
    'adopt	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	add	Add a user''s keys, an MFA device or a role to the AWS files'
    'add	iam	Add a user''s access key'
    'add iam	DOMAIN	'
    'add iam	--csv=FILE	The access key as the console exported it'
    'add iam	--user=NAME	Which user of the CSV file'
    'add iam	--stdin	Read key id and secret from stdin, as two lines'
    'add iam	--region=REGION	The AWS region'
    'add iam	--yes	Do not ask'
    'add iam	--force	Skip the checks that are stricter than AWS'
    'add iam	--dry-run	Show the change as a diff, secrets masked; write nothing'
    'add	mfa	Add the user''s MFA device'
    'add mfa	DOMAIN	'
    'add mfa	--device-arn=ARN	The device, or a hardware token''s serial number'
    'add mfa	--yes	Do not ask'
    'add mfa	--force	Skip the checks that are stricter than AWS'
    'add mfa	--dry-run	Show the change as a diff, secrets masked; write nothing'
    'add	role	Add a role'
    'add role	DOMAIN:NAME	'
    'add role	--role-arn=ARN	The role'
    'add role	--source=SOURCE	Default: the domain''s mfa, else iam profile'
    'add role	--region=REGION	The AWS region'
    'add role	--external-id=ID	What the role''s trust policy asks for'
    'add role	--session-name=NAME	Session name shown in CloudTrail'
    'add role	--no-session-name	Leave role_session_name out'
    'add role	--duration=TIME	How long the role''s keys last; more than 1h only on the iam profile'
    'add role	--yes	Do not ask'
    'add role	--force	Skip the checks that are stricter than AWS'
    'add role	--dry-run	Show the change as a diff, secrets masked; write nothing'
)
# <<< generated <<<
