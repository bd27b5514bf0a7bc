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
        if (-not $folder -or -not [System.IO.Directory]::Exists($folder)) { continue }
        $file = [System.IO.Path]::Combine($folder, $unique)
        try {
            [System.IO.File]::Open($file, [System.IO.FileMode]::CreateNew).Dispose()
            return $file
        }
        catch { continue }
    }
    try { [System.IO.Path]::GetTempFileName() }
    catch {
        # TMPDIR is no folder that can be written to.
        [System.IO.File]::Open("/tmp/$unique", [System.IO.FileMode]::CreateNew).Dispose()
        "/tmp/$unique"
    }
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

# No [CmdletBinding()]: it would take -v for its own.
function awsprof {
    # Stop would turn what the program says on stderr into an end, where 5.1 has it redirected.
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
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

function awsuse { awsprof use @args }
function awsmfa { awsprof mfa @args }
function awsoff { awsprof off @args }

Export-ModuleMember -Function @('awsprof', 'awsuse', 'awsmfa', 'awsoff')
