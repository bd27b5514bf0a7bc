# awsprof hook for PowerShell, protocol 1. In $PROFILE: the line that `awsprof init pwsh` prints.
# ASCII only, and the grammar of Windows PowerShell 5.1, which reads a file without BOM as ANSI and knows no ?? or ?:.
Set-StrictMode -Off

# An alias goes before a function of the same name.
foreach ($name in 'awsprof', 'awsuse', 'awsmfa', 'awsoff') {
    if (Test-Path -LiteralPath "Alias:$name") { Remove-Item -LiteralPath "Alias:$name" -Force }
}

$script:Windows = [System.IO.Path]::DirectorySeparatorChar -eq '\'
# Whether this .NET knows Unix modes. It does since PowerShell 7.3.
$script:Modes = [bool]('System.IO.UnixFileMode' -as [type])
# Paths that do not depend on the current folder. On Windows `\x` and `C:x` do.
$script:Absolute = if ($script:Windows) { '^([a-z]:|[\\/]{2}[^\\/]+)[\\/]' } else { '^/' }

# Gives a variable as child processes see it, whatever the drive Env: has become.
function Get-AwsprofVariable($name) {
    [Environment]::GetEnvironmentVariable($name)
}

# Gives the awsprof program to call, which the replay guard compares, too. PowerShell itself also follows relative
# entries of PATH, and so would run what a cloned repository brings.
function Find-AwsprofProgram {
    $names = if ($script:Windows) { 'awsprof.exe', 'awsprof.cmd', 'awsprof.bat' } else { 'awsprof' }
    foreach ($folder in "$(Get-AwsprofVariable PATH)".Split([System.IO.Path]::PathSeparator)) {
        if ($script:Windows) { $folder = $folder.Trim(' "') }
        if ($folder -notmatch $script:Absolute) { continue }
        foreach ($name in $names) {
            $program = "$folder/$name"
            if ([System.IO.File]::Exists($program) -and (Test-AwsprofExecutable $program)) { return $program }
        }
    }
}

function Test-AwsprofExecutable($program) {
    if ($script:Windows -or -not $script:Modes) { return $true }
    ([int][System.IO.File]::GetUnixFileMode($program) -band 73) -ne 0
}

# Gives awsprof's cache folder, as the program finds it. Nothing if there is none.
function Get-AwsprofCache {
    $base = Get-AwsprofVariable XDG_CACHE_HOME
    if (-not $base -and $script:Windows) { $base = Get-AwsprofVariable LOCALAPPDATA }
    if (-not $base) {
        $base = Get-AwsprofVariable HOME
        if ($base) { $base += '/.cache' }
    }
    if ($base -match $script:Absolute) { "$base/awsprof" }
}

# Whether a folder is the user's and no other user can replace files in it. Only the owner may set its mode, so setting
# the mode that it has proves whose it is, except to root. A .NET before 8 cannot tell who is root: then nothing is
# proven. Windows has no such modes.
function Test-AwsprofOwn($folder) {
    if ($folder -notmatch $script:Absolute -or -not [System.IO.Directory]::Exists($folder)) { return $false }
    if ($script:Windows) { return $true }
    if ([Environment]::IsPrivilegedProcess -ne $false) { return $false }
    try {
        $mode = [System.IO.File]::GetUnixFileMode($folder)
        if (-not (Test-AwsprofMode $mode)) { return $false }
        [System.IO.File]::SetUnixFileMode($folder, $mode)
        $true
    }
    catch {
        $global:Error.RemoveAt(0)
        $false
    }
}

# Whether a folder is root's and no other user can replace files in it. PowerShell tells the owner since 7.1, but slowly.
function Test-AwsprofRoot($folder) {
    if ($folder -notmatch $script:Absolute -or -not [System.IO.Directory]::Exists($folder)) { return $false }
    try {
        $at = [System.IO.DirectoryInfo]::new($folder)
        # The owner that PowerShell tells is that of the link itself.
        if ($at.Attributes -band [System.IO.FileAttributes]::ReparsePoint) { $at = $at.ResolveLinkTarget($true) }
        $path = [string[]]"Microsoft.PowerShell.Core\FileSystem::$($at.FullName)"
        $item = @($ExecutionContext.InvokeProvider.Item.Get($path, $true, $true))[0]
        $item.UnixStat.UserId -eq 0 -and (Test-AwsprofMode ([System.IO.File]::GetUnixFileMode($at.FullName)))
    }
    catch {
        $global:Error.RemoveAt(0)
        $false
    }
}

# Whether the folder of the list of names is the user's, and no other user can write there. A .NET before 8 cannot tell.
function Test-AwsprofReadable($folder) {
    $null -eq [Environment]::IsPrivilegedProcess -or (Test-AwsprofOwn $folder) -or
    ([Environment]::IsPrivilegedProcess -and (Test-AwsprofRoot $folder))
}

# Whether only the owner can write, or the sticky bit keeps others from replacing what is not theirs.
function Test-AwsprofMode($mode) {
    ([int]$mode -band 18) -eq 0 -or ([int]$mode -band 512) -ne 0
}

# Makes the file through which the awsprof program hands over a change, and gives it open.
function New-AwsprofFile {
    $temporary, $last = (Get-AwsprofVariable TMPDIR), '/tmp'
    if ($script:Windows) {
        # Not GetTempPath, which makes a relative TMP absolute.
        $temporary, $last = (Get-AwsprofVariable TMP), "$([Environment]::GetFolderPath('LocalApplicationData'))\Temp"
    }
    $unique = 'awsprof.' + [Guid]::NewGuid().ToString('N')
    foreach ($folder in (Get-AwsprofVariable XDG_RUNTIME_DIR), (Get-AwsprofCache), $temporary, $last) {
        if ($folder -cne $last -and -not (Test-AwsprofOwn $folder) -and
            -not ($folder -ceq $temporary -and (Test-AwsprofRoot $folder))) { continue }
        try { return Open-AwsprofFile ([System.IO.Path]::Combine($folder, $unique)) }
        catch {
            $reason = $_
            $global:Error.RemoveAt(0)
        }
    }
    throw $reason
}

# Makes a file that only the user can read and write, and gives it open: what replaces it later is never read.
# CreateNew is O_EXCL, which neither follows nor empties what is there already.
function Open-AwsprofFile($path) {
    # The program writes to it meanwhile, or removes it.
    $share = [System.IO.FileShare]'ReadWrite, Delete'
    if ($script:Windows) { return [System.IO.File]::Open($path, 'CreateNew', 'ReadWrite', $share) }
    if (-not $script:Modes) { return [System.IO.File]::Open((New-AwsprofTemporary), 'Open', 'ReadWrite', $share) }
    $private = [System.IO.UnixFileMode]'UserRead, UserWrite'
    $how = @{ Mode = 'CreateNew'; Access = 'ReadWrite'; Share = $share; UnixCreateMode = $private }
    $file = [System.IO.FileStream]::new($path, [System.IO.FileStreamOptions]$how)
    try {
        # A umask may have taken more away. This fails unless the file is the user's.
        [System.IO.File]::SetUnixFileMode($file.SafeFileHandle, $private)
        $file
    }
    catch {
        $file.Dispose()
        [System.IO.File]::Delete($path)
        throw
    }
}

# A .NET before 7 cannot set a mode, but makes its temporary files with mode 0600. /tmp is root's, and sticky.
function New-AwsprofTemporary {
    $before = Get-AwsprofVariable TMPDIR
    if ($null -eq $before) { $before = [NullString]::Value }
    try {
        [Environment]::SetEnvironmentVariable('TMPDIR', '/tmp')
        [System.IO.Path]::GetTempFileName()
    }
    finally { [Environment]::SetEnvironmentVariable('TMPDIR', $before) }
}

# Gives what the program wrote to the file that was made. Throws if its name leads elsewhere by now, or if others can
# write to it.
function Read-AwsprofFile($file) {
    $there = New-Object -TypeName System.IO.FileInfo -ArgumentList $file.Name
    $link = $there.Attributes -band [System.IO.FileAttributes]::ReparsePoint
    if (-not $there.Exists -or $link -or $there.Length -ne $file.Length -or (Test-AwsprofShared $file)) {
        throw 'the file of the change was tampered with; nothing was changed'
    }
    (New-Object -TypeName System.IO.StreamReader -ArgumentList $file).ReadToEnd()
}

# Whether others can write to an open file.
function Test-AwsprofShared($file) {
    -not $script:Windows -and $script:Modes -and ([int][System.IO.File]::GetUnixFileMode($file.SafeFileHandle) -band 18)
}

# The cached answer to read for a command line: `off`, or `use` and the whole name of a profile. Nothing for any other.
function Get-AwsprofKey($words) {
    $name = "$($words[1])"
    if ([string]::Equals($name, '-')) { $name = Get-AwsprofVariable AWSPROF_PREVIOUS }
    if ($words.Count -eq 1 -and [string]::Equals("$($words[0])", 'off')) { return 'off' }
    if ($words.Count -ne 2 -or -not [string]::Equals("$($words[0])", 'use')) { return }
    if ($name -cmatch '^[A-Za-z0-9_@+:][A-Za-z0-9_.@+:-]*\z') { "use $name" }
}

# Gives the text of a cached answer, if it and the folders it is in are the user's and no other user can write there.
function Read-AwsprofAnswer($cache, $key) {
    $file = [System.IO.FileInfo]::new("$cache/1/pwsh/" + $key.Replace(':', ','))
    # A pipe that would keep its reader waiting is of length 0.
    if (-not $file.Exists -or $file.Length -eq 0) { return }
    if ($file.Attributes -band [System.IO.FileAttributes]::ReparsePoint) { return }
    foreach ($folder in $cache.Substring(0, $cache.LastIndexOf('/')), $cache, "$cache/1", "$cache/1/pwsh") {
        if (-not (Test-AwsprofOwn $folder)) { return }
    }
    $answer = [System.IO.File]::OpenRead($file.FullName)
    try {
        if (Test-AwsprofShared $answer) { return }
        # This fails unless the file is the user's.
        [System.IO.File]::SetUnixFileMode($answer.SafeFileHandle, [System.IO.UnixFileMode]'UserRead, UserWrite')
        [System.IO.StreamReader]::new($answer).ReadToEnd()
    }
    finally { $answer.Dispose() }
}

# Replays the cached answer to a command line if its guard still holds, and gives $true. Otherwise gives nothing and has
# changed nothing.
function Invoke-AwsprofReplay($words) {
    if ($script:Windows -or [Environment]::IsPrivilegedProcess -ne $false) { return }
    $ErrorActionPreference = 'Stop'
    $key = Get-AwsprofKey $words
    $cache = Get-AwsprofCache
    if (-not $key -or -not $cache) { return }
    try {
        $name, $code, $end = "$(Read-AwsprofAnswer $cache $key)".Split([char]9)
        if (-not [string]::Equals($name, $key) -or -not [string]::Equals($end, ".`n")) { return }
        $program = Find-AwsprofProgram
        . ([scriptblock]::Create($code))
    }
    catch { $global:Error.RemoveAt(0) }
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
    $program = Find-AwsprofProgram
    if (-not $program) {
        Write-AwsprofLine 'awsprof: there is no awsprof on PATH'
        $global:LASTEXITCODE = 127
        return
    }
    $rc = 7
    $file = $null
    try {
        $file = New-AwsprofFile
        # Only for this one call: a shell of another kind that is started later must not inherit them.
        [Environment]::SetEnvironmentVariable('AWSPROF_HOOK', '1:pwsh')
        [Environment]::SetEnvironmentVariable('AWSPROF_OUT', $file.Name)
        # PowerShell before 7.3, and its legacy mode, drop an empty word: written as "" it arrives.
        $legacy = $PSVersionTable.PSVersion -lt [version]'7.3' -or "$PSNativeCommandArgumentPassing" -eq 'Legacy'
        if ($legacy) { $args = @(foreach ($word in $args) { if ($word -is [string] -and -not $word) { '""' } else { $word } }) }
        # After Ctrl-C nothing but the finally block runs.
        $rc = 130
        if ($MyInvocation.ExpectingInput) { $input | & $program @args } else { & $program @args }
        $rc = $global:LASTEXITCODE
        if ($rc -eq 0) {
            $rc = 7
            $code = Read-AwsprofFile $file
            $ErrorActionPreference = 'Stop'
            if ($code) { . ([scriptblock]::Create($code)) }
            $rc = 0
        }
    }
    catch {
        # The program could not be started.
        if ($rc -eq 130) { $rc = 126 }
        Write-AwsprofLine "awsprof: $($_.Exception.Message)"
        $global:Error.RemoveAt(0)
    }
    finally {
        # Methods only: a Ctrl-C that arrives here would end a function. What stands at that path by now may be a folder.
        try { if ($file) { $file.Dispose(); [System.IO.File]::Delete($file.Name) } }
        catch { $global:Error.RemoveAt(0) }
        [Environment]::SetEnvironmentVariable('AWSPROF_HOOK', [NullString]::Value)
        [Environment]::SetEnvironmentVariable('AWSPROF_OUT', [NullString]::Value)
        $global:LASTEXITCODE = $rc
    }
}

# Prints a message of the hook's own as the program prints its own. Write-Error would put its name before it, in colour.
function Write-AwsprofLine($text) {
    [Console]::Error.WriteLine($text)
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
    $user = Get-AwsprofVariable HOME
    $config, $credentials = "$user/.aws/config", "$user/.aws/credentials"
    if ($env:AWS_CONFIG_FILE) { $config = $env:AWS_CONFIG_FILE }
    if ($env:AWS_SHARED_CREDENTIALS_FILE) { $credentials = $env:AWS_SHARED_CREDENTIALS_FILE }
    $part = "$head".Split("`t")
    $part.Count -eq 6 -and (($part[0, 1, 2, 4] -join "`n") -ceq "awsprof`n1`n$config`n$credentials") -and
    (Test-AwsprofStamp $config $part[3]) -and (Test-AwsprofStamp $credentials $part[5])
}

# Has the program make the list anew. This is in the middle of the user's session: $LASTEXITCODE is theirs.
function Update-AwsprofList {
    $program = Find-AwsprofProgram
    if (-not $program) { return }
    $ErrorActionPreference = 'SilentlyContinue'
    $PSNativeCommandUseErrorActionPreference = $false
    $rc = $global:LASTEXITCODE
    $null | & $program cache *> $null
    $global:LASTEXITCODE = $rc
}

# The lines of the list, name TAB kind TAB description, whose name has this form.
function Find-AwsprofLine($form) {
    $cache = Get-AwsprofCache
    if (-not $cache) { return }
    foreach ($try in 1, 2) {
        $lines = @()
        # A pipe that would keep its reader waiting is of length 0.
        $file = New-Object -TypeName System.IO.FileInfo -ArgumentList "$cache/1/names"
        $read = $file.Exists -and $file.Length -and (Test-AwsprofReadable $file.DirectoryName)
        try { if ($read) { $lines = @([System.IO.File]::ReadAllLines($file.FullName)) } }
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

# Of the profiles that hold a word, those of the active profile's domain whose name begins with it, as the program
# resolves it; all if there is none, or if a full name begins with it.
function Select-AwsprofActive($word, $found) {
    $domain, $name = "$env:AWS_PROFILE" -split ':', 2
    $starts = [regex]::Escape($word)
    if ($word -and $name -and -not $word.Contains(':') -and -not ($found -match "^$starts")) {
        $mine = @($found -match "^(?-i:$([regex]::Escape("${domain}:")))$starts")
        if ($mine) { return $mine }
    }
    $found
}

# What an argument of this kind can be, in lines like those of the list. A kind with spaces lists the words.
function Get-AwsprofValue($kind, $domain, $word) {
    $starts = '^' + [regex]::Escape($word)
    $any = ':[^\t]*'
    switch -CaseSensitive ($kind) {
        'PROFILE|-' {
            $found = @(Find-AwsprofProfile All $domain $word $env:AWS_PROFILE)
            if ($domain) { $found } else { Select-AwsprofActive $word $found }
        }
        'PROFILE' { Select-AwsprofActive $word @(Find-AwsprofProfile All '' $word) }
        'SOURCE' { Find-AwsprofProfile User '' $word }
        'DOMAIN|PROFILE' {
            $found = @(Find-AwsprofDomain $word '(?-i::mfa)')
            if ($found) { $found } else { @(Find-AwsprofProfile All '' $word) -match '^[^\t]*\t([^\t]* )?mfa\t' -match $starts }
        }
        'IAM' { Find-AwsprofDomain $word '(?-i::iam)' }
        'DOMAIN' { Find-AwsprofDomain $word $any }
        'PREFIX' { Find-AwsprofDomain $word $any }
        'DOMAIN:NAME' { @(Find-AwsprofDomain $word $any).ForEach({ "${_}:" }) }
        'KEY=VALUE' { $script:Table -clike "=set`t*" -replace '^=set\t([^\t=]*=?).*', '$1' -match $starts }
        'KEY' { $script:Table -clike "=set`t*" -replace '^=set\t([^\t=]*).*', '$1' -match $starts }
        'FILE' {
            $paths = [System.Management.Automation.CompletionCompleters]::CompleteFilename($word)
            $paths.ForEach({ $_.CompletionText -replace "^'(.*)'$", '$1' -replace "''", "'" })
        }
        { $_.Contains(' ') } { $kind.Split(' ') -match $starts }
        default {
            foreach ($line in $script:Table -clike "=$kind`t*") { $line.Split("`t")[1].Split(' ') -match $starts }
        }
    }
}

# The kind of word that an option or setting wants, as the table of commands says; nothing for one that wants none.
function Get-AwsprofWanted($command, $option) {
    $lines = @($script:Table -cmatch "^($command)?\t$([regex]::Escape($option))=")
    if ($lines) { $lines[0] -replace '^[^\t]*\t[^=\t]*=([^\t]*)\t.*', '$1' }
}

# What the value of NAME=VALUE can be, for an option or setting of the command, with NAME= before it.
function Get-AwsprofAssigned($command, $text) {
    $name, $value = $text -split '=', 2
    $kind = Get-AwsprofWanted $command $name
    if ($kind) { @(Get-AwsprofValue $kind '' $value).ForEach({ "$name=$_" }) }
}

# The options of the command that are not among the words, nor excluded by one that is.
function Get-AwsprofOption($command, $words) {
    $gone = @($words -like '--*' -replace '=.*')
    $gone += @(foreach ($word in $gone) { $script:Table -clike "=not`t$word *" -replace '^.* ([^\t]*)\t$', '$1' })
    $lines = $script:Table -cmatch "^($command)?\t-" -replace '^[^\t]*\t([^\t=]*)[^\t]*', "`$1`t"
    foreach ($line in $lines) { if ($gone -cnotcontains $line.Split("`t")[0]) { $line } }
}

# What the argument of the command that is due can be: if there are more arguments than kinds, the last one again, if it
# can be repeated, but none that is there already.
function Get-AwsprofArgument($command, $arguments, $domain, $text) {
    $kinds = @($script:Table -cmatch "^$command\t[A-Z]" -replace '^[^\t]*\t([^\t]*)\t', '$1')
    $kind = if ($arguments.Count -lt $kinds.Count) { $kinds[$arguments.Count] } else { @($kinds -like '*...')[-1] }
    if (-not $kind) { return }
    if ($kind -eq 'KEY=VALUE...' -and $text.Contains('=')) { return Get-AwsprofAssigned '=set' $text }
    $found = @(Get-AwsprofValue ($kind -replace '\.\.\.$') $domain $text)
    if ($kind -notlike '*...') { return $found }
    $gone = if ($kind -clike 'KEY*') { @($arguments -replace '=.*') } else { $arguments }
    foreach ($line in $found) { if ($gone -cnotcontains ($line.Split("`t")[0] -replace '=$')) { $line } }
}

# What can stand where the cursor is, as the words before it and the table of commands say.
function Get-AwsprofChoice($words, $text) {
    $command, $kind, $domain, $arguments = '', '', '', @()
    foreach ($word in $words) {
        if ($kind) {
            if ($kind -eq 'DOMAIN') { $domain = $word -replace ':$' }
            $kind = ''
        }
        elseif ($word -like '--*=*') {
            $option, $value = $word -split '=', 2
            if ((Get-AwsprofWanted $command $option) -eq 'DOMAIN') { $domain = $value -replace ':$' }
        }
        elseif ($word -like '-?*') { $kind = Get-AwsprofWanted $command $word }
        elseif (-not $arguments -and $word -cmatch '^[a-z]+$' -and $script:Table -clike "$command`t$word`t*") {
            $command = "$command $word".Trim()
        }
        else { $arguments += $word }
    }
    if ($kind) { return Get-AwsprofValue $kind '' $text }
    if ($text -like '--*=*') { return Get-AwsprofAssigned $command $text }
    $starts = '^' + [regex]::Escape($text)
    $found = @()
    if ($text -notlike '-*') {
        if (-not $arguments) {
            $found = @($script:Table -cmatch "^$command\t[a-z]" -replace '^[^\t]*\t([^\t]*)', "`$1`t" -match $starts)
        }
        $found += @(Get-AwsprofArgument $command $arguments $domain $text)
    }
    if (-not $found -and (-not $text -or $text -like '-*')) {
        $found = @(Get-AwsprofOption $command $words) -match $starts
    }
    $found
}

# What is to be chosen from. What PowerShell would read otherwise than it stands there is quoted.
function New-AwsprofResult($lines) {
    foreach ($line in $lines) {
        $text, $null, $tip = $line.Split("`t")
        $quoted = $text
        if ($text -notmatch '^(--[a-z-]+=?|[a-z_][\w.]*=)?([A-Za-z_/.][\w/.:@+-]*)?$') {
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
    $cache = Get-AwsprofCache
    if (-not $cache -or -not $name -or $name -match '[/\\]') { return }
    $path = "$cache/1/$kind/" + $name.Replace(':', ',')
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
    '=not	--renew --no-renew	'
    '=not	--no-renew --renew	'
    '=not	--install --uninstall	'
    '=not	--uninstall --install	'
    '=not	--keep-old --delete-old	'
    '=not	--delete-old --keep-old	'
    '=not	--session-name --no-session-name	'
    '=not	--no-session-name --session-name	'
    '=not	--csv --stdin	'
    '=not	--stdin --csv	'
    '=set	aws_access_key_id=	'
    '=set	aws_secret_access_key	'
    '=set	aws_session_token	'
    '=set	aws_security_token	'
    '=set	aws_account_id=	'
    '=set	expiration=	'
    '=set	role_arn=	'
    '=set	source_profile=PROFILE	'
    '=set	credential_source=Environment Ec2InstanceMetadata EcsContainer	'
    '=set	credential_process=	'
    '=set	web_identity_token_file=	'
    '=set	external_id=	'
    '=set	mfa_serial=	'
    '=set	mfa_device_arn=	'
    '=set	role_session_name=	'
    '=set	duration_seconds=	'
    '=set	sso_session=	'
    '=set	sso_start_url=	'
    '=set	sso_region=REGION	'
    '=set	sso_account_id=	'
    '=set	sso_role_name=	'
    '=set	sso_registration_scopes=	'
    '=set	login_session=	'
    '=set	region=REGION	'
    '=set	endpoint_url=	'
    '=set	services=	'
    '=set	ignore_configured_endpoint_urls=true false	'
    '=set	use_dualstack_endpoint=true false	'
    '=set	use_fips_endpoint=true false	'
    '=set	sts_regional_endpoints=regional legacy	'
    '=set	account_id_endpoint_mode=preferred disabled required	'
    '=set	endpoint_discovery_enabled=true false auto	'
    '=set	disable_host_prefix_injection=true false	'
    '=set	sigv4a_signing_region_set=	'
    '=set	auth_scheme_preference=	'
    '=set	ca_bundle=	'
    '=set	tcp_keepalive=true false	'
    '=set	max_attempts=	'
    '=set	retry_mode=legacy standard adaptive	'
    '=set	defaults_mode=legacy standard in-region cross-region mobile auto	'
    '=set	parameter_validation=true false	'
    '=set	request_checksum_calculation=when_supported when_required	'
    '=set	response_checksum_validation=when_supported when_required	'
    '=set	disable_request_compression=true false	'
    '=set	request_min_compression_size_bytes=	'
    '=set	sdk_ua_app_id=	'
    '=set	data_path=	'
    '=set	metadata_service_timeout=	'
    '=set	metadata_service_num_attempts=	'
    '=set	ec2_metadata_service_endpoint=	'
    '=set	ec2_metadata_service_endpoint_mode=ipv4 ipv6	'
    '=set	ec2_metadata_v1_disabled=true false	'
    '=set	imds_use_ipv6=true false	'
    '=set	csm_enabled=true false	'
    '=set	csm_client_id=	'
    '=set	csm_host=	'
    '=set	csm_port=	'
    '=set	s3_use_arn_region=true false	'
    '=set	s3_us_east_1_regional_endpoint=regional legacy	'
    '=set	s3_disable_multiregion_access_points=true false	'
    '=set	s3_disable_express_session_auth=true false	'
    '=set	output=json yaml yaml-stream text table off	'
    '=set	cli_pager=	'
    '=set	cli_auto_prompt=on on-partial off	'
    '=set	cli_binary_format=base64 raw-in-base64-out	'
    '=set	cli_follow_urlparam=true false	'
    '=set	cli_history=enabled disabled	'
    '=set	cli_timestamp_format=iso8601 wire none	'
    '=set	cli_error_format=	'
    '=set	awsprof_user=	'
    '=set	include_profile=PROFILE	'
    '=set	mfa_process=	'
    '=set	role_duration=	'
    '=set	s3.addressing_style=path virtual auto	'
    '=set	s3.max_bandwidth=	'
    '=set	s3.max_concurrent_requests=	'
    '=set	s3.max_queue_size=	'
    '=set	s3.multipart_chunksize=	'
    '=set	s3.multipart_threshold=	'
    '=set	s3.io_chunksize=	'
    '=set	s3.payload_signing_enabled=true false	'
    '=set	s3.preferred_transfer_client=auto classic crt	'
    '=set	s3.target_bandwidth=	'
    '=set	s3.use_accelerate_endpoint=true false	'
    '=set	s3.use_dualstack_endpoint=true false	'
    '=set	s3.use_arn_region=true false	'
    '=set	s3.us_east_1_regional_endpoint=regional legacy	'
    '=set	s3.s3_disable_multiregion_access_points=true false	'
    '	--help	Show help'
    '	--version	Print the version'
    '	--verbose	Tell what is done and why'
    '	--debug	Show where an unexpected error arose'
    '	--no-input	Never ask anything'
    '	use	Make a profile active in this shell'
    'use	PROFILE|-	'
    'use	--domain=DOMAIN	Look in this domain'
    'use	--region=REGION	The AWS region'
    'use	--renew	Renew the session first; if that fails, do not switch'
    'use	--no-renew	Do not ask for a renewal'
    'use	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead'
    '	off	Take the switch back: this shell is as it was before it'
    'off	--shell=SYNTAX	Print the change for bash, zsh, fish, pwsh or sh instead'
    '	mfa	Renew the MFA session behind a profile'
    'mfa	DOMAIN|PROFILE	'
    'mfa	--code=CODE|-	The code; - reads it from stdin'
    'mfa	--force	Renew even if the session is still valid'
    'mfa	--duration=TIME	Session duration, 15m to 36h'
    'mfa	--min-remaining=TIME	Renew if less is left (1h; 15m for --duration up to 1h)'
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
    'set	KEY=VALUE...	'
    'set	--force	Skip the checks that are stricter than AWS'
    'set	--yes	Do not ask'
    'set	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	unset	Remove settings of a profile'
    'unset	PROFILE	'
    'unset	KEY...	'
    'unset	--yes	Do not ask'
    'unset	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	rename	Rename a profile, or a domain with all that names it'
    'rename	PROFILE	'
    'rename	NEW	'
    'rename	--no-domain	Give it a name without a domain'
    'rename	--yes	Do not ask'
    'rename	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	remove	Remove profiles, or a whole domain'
    'remove	PROFILE...	'
    'remove	--cascade	Remove what stands on them, too'
    'remove	--yes	Do not ask'
    'remove	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	rotate	Replace a domain''s access key by a new one that AWS makes'
    'rotate	IAM	'
    'rotate	--keep-old	Leave the old key active'
    'rotate	--delete-old	Delete the old key once it is inactive'
    'rotate	--allow-endpoint=HOST[:PORT]	Accept this host in place of AWS'
    'rotate	--yes	Do not ask'
    'rotate	--dry-run	Show the change as a diff, secrets masked; write nothing'
    '	adopt	Turn profiles written by other tools into a domain'
    'adopt	PROFILE	'
    'adopt	--domain=NEW	What the new domain is called'
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
    'add mfa	IAM	'
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
    'add role	--duration=TIME	How long the role''s keys last; more than 1h only if the role depends on the iam profile itself'
    'add role	--yes	Do not ask'
    'add role	--force	Skip the checks that are stricter than AWS'
    'add role	--dry-run	Show the change as a diff, secrets masked; write nothing'
)
# <<< generated <<<
