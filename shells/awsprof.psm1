# awsprof hook for PowerShell, protocol 1. In $PROFILE: the line that `awsprof init pwsh` prints.
# ASCII only, and the grammar of Windows PowerShell 5.1, which reads a file without BOM as ANSI and knows no ?? or ?:.
Set-StrictMode -Off

# Makes the file through which the awsprof program hands over a change, and gives its path. CreateNew is O_EXCL:
# nothing that stands there is followed or emptied. Who owns a folder cannot be told quickly here, so root, who may
# have come with somebody else's environment, takes a new file of mode 0600 in the temporary folder.
function New-AwsprofFile {
    $cache = if ($env:XDG_CACHE_HOME) { $env:XDG_CACHE_HOME } else { "$HOME/.cache" }
    $folders = @($env:XDG_RUNTIME_DIR, "$cache/awsprof")
    if ($PSVersionTable.PSVersion.Major -lt 6 -or [Environment]::IsPrivilegedProcess) { $folders = @() }
    foreach ($folder in $folders) {
        if (-not $folder -or -not [System.IO.Directory]::Exists($folder)) { continue }
        $file = [System.IO.Path]::Combine($folder, 'awsprof.' + [Guid]::NewGuid().ToString('N'))
        try {
            [System.IO.File]::Open($file, [System.IO.FileMode]::CreateNew).Dispose()
            return $file
        }
        catch { continue }
    }
    [System.IO.Path]::GetTempFileName()
}

# Gives what the program wrote, if the file still is the one that was made.
function Read-AwsprofFile($file) {
    $info = New-Object -TypeName System.IO.FileInfo -ArgumentList $file
    if (-not $info.Exists -or ($info.Attributes -band [System.IO.FileAttributes]::ReparsePoint)) {
        throw 'awsprof: the file of the change was tampered with; nothing was changed'
    }
    [System.IO.File]::ReadAllText($file)
}

# No [CmdletBinding()]: it would take -v for its own.
function awsprof {
    $exe = @(Get-Command -Name awsprof -CommandType Application -ErrorAction Ignore)
    if ($exe.Count -eq 0) {
        $global:LASTEXITCODE = 127
        Write-Error -Message 'awsprof: there is no awsprof on PATH' -ErrorAction Continue
        return
    }
    $PSNativeCommandUseErrorActionPreference = $false
    $rc = 7
    $file = New-AwsprofFile
    try {
        # Only for this one call: a shell of another kind that is started later must not inherit them.
        $env:AWSPROF_HOOK = '1:pwsh'
        $env:AWSPROF_OUT = $file
        if ($MyInvocation.ExpectingInput) { $input | & $exe[0].Path @args } else { & $exe[0].Path @args }
        $rc = $global:LASTEXITCODE
        if ($rc -eq 0) {
            $code = Read-AwsprofFile $file
            if ($code) { . ([scriptblock]::Create($code)) }
        }
    }
    finally {
        [Environment]::SetEnvironmentVariable('AWSPROF_HOOK', [NullString]::Value)
        [Environment]::SetEnvironmentVariable('AWSPROF_OUT', [NullString]::Value)
        [System.IO.File]::Delete($file)
        $global:LASTEXITCODE = $rc
    }
}

function awsuse { awsprof use @args }
function awsmfa { awsprof mfa @args }
function awsoff { awsprof off @args }

Export-ModuleMember -Function @('awsprof', 'awsuse', 'awsmfa', 'awsoff')
